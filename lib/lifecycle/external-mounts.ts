import { readMountInfo } from '../os/index.js';
import { parseMountOptions } from '../plan/mount-options.js';
import { devicesOf } from '../plan/stages/devices.js';
import type { StagedMount } from '../plan/stages/staging.js';
import type { Spec } from '../spec/index.js';
import { MountPoints } from './mount-points.js';

/** Names of what CRIU finds outside of a container, so that images made by runc can be restored, and the reverse. */
const nullDevice = '/dev/null';

/** st_rdev of /dev/null: 1:3. */
const nullNumber = 0x103;

const typeMask = 0o170000;
const characterDevice = 0o020000;
const blockDevice = 0o060000;

/**
 * The mounts of a running container that come from outside of it, by mount point, with the name that each gets in the images:
 * binds of the config with what is mounted below their sources, devices, masked files, and cgroups where they are binds.
 * What the container itself has mounted is not among them.
 *
 * @param pid of its init, held by the caller
 */
export function savedMounts(pid: number, spec: Spec): Map<string, string> {
	using points = new MountPoints(pid, '/');
	const found = new Map<string, string>();
	for (const { destination, type, source = '', options = [] } of spec.mounts ?? []) {
		const { bind, recursiveBind, remount } = parseMountOptions(options);
		const point = points.at(destination)?.mount.mountPoint;
		if (point === undefined || remount) continue;
		if (bind || type === 'bind') {
			found.set(point, point);
			if (recursiveBind) for (const below of mountedBelow(source)) found.set(point + below, point + below);
		} else if (type === 'cgroup' && !hasOwn(spec, 'cgroup')) {
			for (const { type: kind, mountPoint } of points.below(point)) {
				if (kind === 'cgroup' || kind === 'cgroup2') found.set(mountPoint, mountPoint);
			}
		}
	}
	for (const path of spec.linux?.maskedPaths ?? []) {
		const at = points.at(path);
		if (at !== undefined && isDevice(at.status.mode) && at.status.rdev === nullNumber) {
			found.set(at.mount.mountPoint, nullDevice);
		}
	}
	for (const path of devicesOf(spec).keys()) {
		const at = points.at(path);
		if (at !== undefined && isDevice(at.status.mode) && at.mount.type !== 'devpts')
			found.set(at.mount.mountPoint, path);
	}
	// A name for a place that is no mount would not be found.
	const places = new Set(points.mounts.map(({ mountPoint }) => mountPoint));
	return new Map([...found].filter(([place]) => places.has(place)));
}

/**
 * The same mounts for a restore, by name, with the paths in CRIU's mount namespace that they come from.
 *
 * @param pid of CRIU, in whose mount namespace they stand ready
 * @param rootfs where the mounts of the config have been made
 */
export function restoredMounts(
	pid: number,
	rootfs: string,
	staged: readonly StagedMount[],
	spec: Spec,
): Map<string, string> {
	using points = new MountPoints(pid, rootfs);
	const found = new Map<string, string>();
	for (const { destination, place } of staged) {
		const point = points.at(destination)?.mount.mountPoint.slice(rootfs === '/' ? 0 : rootfs.length);
		if (point === undefined) continue;
		found.set(point, place);
		for (const { mountPoint } of points.below(place)) found.set(point + mountPoint.slice(place.length), mountPoint);
	}
	if ((spec.linux?.maskedPaths ?? []).length > 0) found.set(nullDevice, nullDevice);
	for (const path of devicesOf(spec).keys()) if (!found.has(path)) found.set(path, path);
	return found;
}

/** Mount points of the host below a path, as they go on after it. */
function mountedBelow(source: string): string[] {
	const prefix = source.replace(/\/+$/, '');
	return readMountInfo()
		.filter(({ mountPoint }) => mountPoint.startsWith(`${prefix}/`))
		.map(({ mountPoint }) => mountPoint.slice(prefix.length));
}

function isDevice(mode: number): boolean {
	const type = mode & typeMask;
	return type === characterDevice || type === blockDevice;
}

function hasOwn({ linux }: Spec, type: string): boolean {
	return (linux?.namespaces ?? []).some((namespace) => namespace.type === type);
}
