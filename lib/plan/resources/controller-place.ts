import type { CgroupLayout } from '../../host/cgroup-layout.js';
import type { CgroupDirectories } from '../cgroup-path.js';
import type { ControllerName } from './limit.js';

/** The container's directory for one controller, and whose rules hold there. */
export interface ControllerPlace {
	readonly version: 1 | 2;
	readonly directory: string;
}

/** Where the limits of one container go. */
export interface LimitTarget {
	readonly layout: CgroupLayout;
	readonly directories: CgroupDirectories;
}

/**
 * Where a controller is. It is in one hierarchy only: the kernel takes a controller out of the unified hierarchy when
 * it is mounted as v1.
 */
export function controllerPlace(
	{ layout, directories }: LimitTarget,
	controller: ControllerName,
): ControllerPlace | undefined {
	const legacy = directories.v1[legacyName(controller)];
	if (legacy !== undefined) return { version: 1, directory: legacy };
	const { unified } = directories;
	if (unified === undefined || !hasUnified(layout, controller)) return undefined;
	return { version: 2, directory: unified };
}

function hasUnified(layout: CgroupLayout, controller: string): boolean {
	return layout.unified?.controllers.includes(controller) ?? false;
}

/** Block I/O is the one controller whose name changed. */
function legacyName(controller: ControllerName): string {
	return controller === 'io' ? 'blkio' : controller;
}

/** Why a controller cannot be used, and what to do about it. */
export function missingController(layout: CgroupLayout, controller: ControllerName): string {
	const name = layout.mode === 'unified' ? controller : legacyName(controller);
	const what = `needs the cgroup controller ${name}, which this machine does not offer`;
	switch (layout.mode) {
		case 'none':
			return `${what}: no cgroup file system is mounted; mount cgroup2 at /sys/fs/cgroup`;
		case 'unified':
			return (
				`${what}: ${listed(layout.unified?.controllers ?? [])} can be had here; ` +
				`check cgroup_disable= on the kernel's command line, and, in a container or a user session, that ${name} is delegated ` +
				'(Delegate= of the systemd unit)'
			);
		case 'legacy':
		case 'hybrid':
			return (
				`${what}: check cgroup_disable= on the kernel's command line, or mount it: ` +
				`mount -t cgroup -o ${name} cgroup /sys/fs/cgroup/${name}`
			);
	}
}

function listed(controllers: readonly string[]): string {
	return controllers.length === 0 ? 'none' : controllers.join(', ');
}
