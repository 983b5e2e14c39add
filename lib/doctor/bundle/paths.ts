import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { errnoText } from '../../errors/index.js';
import { errnoOf } from '../../os/index.js';
import { absolutePath } from '../../paths.js';
import { parseMountOptions } from '../../plan/mount-options.js';
import type { Mount } from '../../spec/types.js';
import type { BundleFault } from '../report.js';
import { readFile } from '../self.js';
import type { Inspection } from './inspection.js';

/** The root file system, the sources of bind mounts, and the programs of hooks: all of them paths of this machine. */
export function* pathFaults({ spec, bundle, rootfs }: Inspection): Generator<BundleFault> {
	const root = lookAt(rootfs);
	if (typeof root === 'string') {
		const hint =
			'Unpack an image there, or name another directory in root.path; a relative one counts from the bundle.';
		yield { pointer: '/root/path', message: `${rootfs}: ${errnoText(root)}`, hint };
	} else if (!root.isDirectory()) {
		yield { pointer: '/root/path', message: `${rootfs} is not a directory` };
	}
	yield* mountFaults({ spec, bundle, rootfs });
	yield* hookFaults(spec);
}

function* mountFaults({
	spec,
	bundle,
	rootfs,
}: Pick<Inspection, 'spec' | 'bundle' | 'rootfs'>): Generator<BundleFault> {
	const types = readFile('/proc/filesystems');
	const mounts = spec.mounts ?? [];
	for (const [index, mount] of mounts.entries()) {
		const options = parseMountOptions(mount.options ?? []);
		const pointer = `/mounts/${index}`;
		if (options.remount) continue;
		if (options.bind || mount.type === 'bind') {
			const source = absolutePath(bundle, mount.source ?? '');
			const found = lookAt(source);
			if (typeof found !== 'string' || isMountedBefore(source, rootfs, mounts.slice(0, index))) continue;
			const hint = 'The source of a bind mount has to be there before; it is never created.';
			yield { pointer: `${pointer}/source`, message: `${source}: ${errnoText(found)}`, hint };
		} else if (types !== undefined && !isKnown(mount.type ?? '', types)) {
			const message = `/proc/filesystems does not list ${mount.type}`;
			const hint =
				'A module may bring it: the kernel loads it at the first mount where it may; load it by modprobe where not.';
			yield { pointer: `${pointer}/type`, message, hint };
		}
	}
}

// A source in the container's own root is what the mounts before it have made of that place.
function isMountedBefore(source: string, rootfs: string, mounts: readonly Mount[]): boolean {
	return mounts.some(({ destination }) => {
		const place = rootfs + absolutePath('/', destination);
		return source === place || source.startsWith(`${place}/`);
	});
}

function isKnown(type: string, types: string): boolean {
	if (type === 'cgroup' || type === 'none' || type === '') return true;
	// fuse.NAME and the like: the kernel's type ends at the dot.
	const [name = ''] = type.split('.');
	return types.split(/\s+/).includes(name);
}

function* hookFaults({ hooks = {} }: Inspection['spec']): Generator<BundleFault> {
	// These run in the container, where paths are others.
	const inside = ['createContainer', 'startContainer'];
	for (const [kind, list] of Object.entries(hooks)) {
		if (kind === inside[1]) continue;
		for (const [index, { path }] of (list ?? []).entries()) {
			const errno = executeErrno(path);
			if (errno === undefined) continue;
			const hint = 'Hooks are programs of this machine, by absolute paths, with the x bit set.';
			yield { pointer: `/hooks/${kind}/${index}/path`, message: `${path}: ${errnoText(errno)}`, hint };
		}
	}
}

function lookAt(path: string): Stats | string {
	try {
		return statSync(path);
	} catch (error) {
		const errno = errnoOf(error);
		if (errno === undefined) throw error;
		return errno;
	}
}

function executeErrno(path: string): string | undefined {
	try {
		accessSync(path, constants.X_OK);
		return undefined;
	} catch (error) {
		const errno = errnoOf(error);
		if (errno === undefined) throw error;
		return errno;
	}
}
