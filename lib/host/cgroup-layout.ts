/**
 * Which cgroup hierarchies this process can reach, and where in them it is. Nothing is taken from the names of
 * directories: mountinfo names the candidates, statfs says what is really visible there. (On Podman hosts the tmpfs
 * at /sys/fs/cgroup holds plain directories named after controllers that are not mounted.)
 */
import { type CgroupMembership, type MountInfo, parseMountInfoLine, parseProcessCgroup } from '../os/index.js';
import { belowRoot } from './cgroup-directory.js';

/**
 * Where the hierarchies are mounted, by agreement of systemd, engines and images. A cgroup2 mounted on this very place
 * declares a machine of cgroup v2 (what systemd and every other runtime take it for): v1 hierarchies that are mounted
 * elsewhere, as in a chroot that sees another root's mounts, are somebody else's.
 */
const usualPlace = '/sys/fs/cgroup';

/** f_type of statfs(2), from linux/magic.h. */
const CGROUP_SUPER_MAGIC = 0x27e0eb;
const CGROUP2_SUPER_MAGIC = 0x63677270;

/** A mounted hierarchy. */
export interface CgroupHierarchy {
	/** Mount point. */
	readonly mount: string;
	/** The cgroup that is visible at the mount point; `/` unless a part of the hierarchy is mounted. */
	readonly root: string;
	/** The cgroup of this process, as its cgroup namespace sees it. */
	readonly own: string;
	/** Controllers to be had here: of a v1 hierarchy all, of the unified one those of the root's cgroup.controllers. */
	readonly controllers: readonly string[];
}

export interface V1Hierarchy extends CgroupHierarchy {
	/** Of a named hierarchy, which has no controllers: `systemd`. */
	readonly name?: string;
}

export interface CgroupLayout {
	/** `hybrid`: v1 hierarchies and the unified one side by side; `legacy`: v1 alone; `unified`: v2 alone. */
	readonly mode: 'unified' | 'hybrid' | 'legacy' | 'none';
	readonly unified?: CgroupHierarchy;
	/** In the order of mountinfo; each hierarchy once. */
	readonly v1: readonly V1Hierarchy[];
}

/** What {@link cgroupLayout} is computed from. */
export interface CgroupSources {
	/** Text of /proc/self/mountinfo. */
	readonly mountInfo: string;
	/** Text of /proc/self/cgroup; empty in a kernel without cgroups. */
	readonly membership: string;
	/** f_type of what is visible at a path; undefined where nothing can be reached. */
	readonly fileSystemType: (path: string) => number | undefined;
	/** Text of a file; undefined where it cannot be read. */
	readonly readFile: (path: string) => string | undefined;
}

export function cgroupLayout(sources: CgroupSources): CgroupLayout {
	const mounts = mountsByMembership(sources);
	let unified: CgroupHierarchy | undefined;
	const v1: V1Hierarchy[] = [];
	const unifiedAlone = [...mounts.values()].some(
		({ mountPoint, type }) => mountPoint === usualPlace && type === 'cgroup2',
	);
	for (const [{ hierarchy, controllers, name, path }, { mountPoint, root }] of mounts) {
		const place = { mount: mountPoint, root, own: path };
		if (hierarchy === 0) {
			unified = { ...place, controllers: controllersAt(mountPoint, sources.readFile) };
		} else if (!unifiedAlone) {
			v1.push({ ...place, controllers, ...(name === undefined ? {} : { name }) });
		}
	}
	return { mode: modeOf(unified !== undefined, v1.length > 0), ...(unified === undefined ? {} : { unified }), v1 };
}

/** Controllers that a unified hierarchy has where it is mounted. */
export function controllersAt(mount: string, readFile: CgroupSources['readFile']): string[] {
	const list = readFile(`${mount}/cgroup.controllers`)?.trim() ?? '';
	return list === '' ? [] : list.split(' ');
}

function modeOf(hasUnified: boolean, hasV1: boolean): CgroupLayout['mode'] {
	if (hasUnified) return hasV1 ? 'hybrid' : 'unified';
	return hasV1 ? 'legacy' : 'none';
}

/**
 * For each hierarchy the mount to use. One hierarchy may be mounted many times: containers of a host without cgroup
 * namespaces get bind mounts of it. Preferred is the place where everybody looks, then a mount that shows our own
 * cgroup, then the one on top.
 */
function mountsByMembership({
	mountInfo,
	membership,
	fileSystemType,
}: CgroupSources): Map<CgroupMembership, MountInfo & { readonly rank: number }> {
	const memberships = membershipsByMark(membership);
	const chosen = new Map<CgroupMembership, MountInfo & { readonly rank: number }>();
	for (const line of cgroupLines(mountInfo)) {
		const mount = parseMountInfoLine(line);
		if (mount === undefined) continue;
		const { mountPoint, root, type } = mount;
		const mark = type === 'cgroup2' ? unifiedMark : mount.superOptions.find((option) => memberships.has(option));
		const found = memberships.get(mark ?? '');
		if (found === undefined) continue;
		const magic = type === 'cgroup2' ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC;
		if (fileSystemType(mountPoint) !== magic) continue;
		// What mountinfo lists below /sys/fs/cgroup may be covered by a cgroup2 mounted there, and then statfs sees a
		// directory of that one.
		const usual = mountPoint === usualPlace ? 4 : mountPoint.startsWith(`${usualPlace}/`) ? 2 : 0;
		const rank = usual + (belowRoot(root, found.path) === undefined ? 0 : 1);
		if (rank >= (chosen.get(found)?.rank ?? 0)) chosen.set(found, { ...mount, rank });
	}
	return chosen;
}

const unifiedMark = 'cgroup2';

/** Where we are, by what a mount of the hierarchy has among its options: a controller, or name=NAME. */
function membershipsByMark(text: string): Map<string, CgroupMembership> {
	const byMark = new Map<string, CgroupMembership>();
	for (const one of parseProcessCgroup(text)) {
		if (one.hierarchy === 0) byMark.set(unifiedMark, one);
		for (const controller of one.controllers) byMark.set(controller, one);
		if (one.name !== undefined) byMark.set(`name=${one.name}`, one);
	}
	return byMark;
}

/** The lines that may be about cgroups: of a container host's thousands, a handful. */
function* cgroupLines(mountInfo: string): Generator<string> {
	for (let at = mountInfo.indexOf(' - cgroup'); at >= 0; at = mountInfo.indexOf(' - cgroup', at + 1)) {
		const end = mountInfo.indexOf('\n', at);
		yield mountInfo.slice(mountInfo.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end);
	}
}

/** The hierarchy that has a controller: a v1 one, or the unified one; a controller is never in both. */
export function hierarchyOf(layout: CgroupLayout, controller: string): CgroupHierarchy | undefined {
	return (
		layout.v1.find(({ controllers }) => controllers.includes(controller)) ??
		(layout.unified?.controllers.includes(controller) ? layout.unified : undefined)
	);
}
