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
	const [[membership, mount] = []] = mountsOf('cgroup2', unifiedMembership(sources.membership), sources);
	const unified =
		membership === undefined || mount === undefined
			? undefined
			: { ...placeOf(membership, mount), controllers: controllersAt(mount.mountPoint, sources.readFile) };
	if (unified?.mount === usualPlace) return { mode: 'unified', unified, v1: [] };
	const v1 = [...mountsOf('cgroup', v1Memberships(sources.membership), sources)].map(([one, itsMount]) => ({
		...placeOf(one, itsMount),
		controllers: one.controllers,
		...(one.name === undefined ? {} : { name: one.name }),
	}));
	return { mode: modeOf(unified !== undefined, v1.length > 0), ...(unified === undefined ? {} : { unified }), v1 };
}

const placeOf = ({ path }: CgroupMembership, { mountPoint, root }: MountInfo) => ({
	mount: mountPoint,
	root,
	own: path,
});

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
function mountsOf(
	type: 'cgroup' | 'cgroup2',
	memberships: ReadonlyMap<string, CgroupMembership>,
	{ mountInfo, fileSystemType }: CgroupSources,
): Map<CgroupMembership, MountInfo & { readonly rank: number }> {
	const chosen = new Map<CgroupMembership, MountInfo & { readonly rank: number }>();
	if (memberships.size === 0) return chosen;
	const magic = type === 'cgroup2' ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC;
	for (const line of linesOfType(type, mountInfo)) {
		const mount = parseMountInfoLine(line);
		// The words that were looked for can stand in a path, too.
		if (mount?.type !== type) continue;
		const { mountPoint, root } = mount;
		const mark = type === 'cgroup2' ? unifiedMark : mount.superOptions.find((option) => memberships.has(option));
		const found = memberships.get(mark ?? '');
		if (found === undefined || fileSystemType(mountPoint) !== magic) continue;
		// What mountinfo lists below /sys/fs/cgroup may be covered by a cgroup2 mounted there, and then statfs sees a
		// directory of that one.
		const usual = mountPoint === usualPlace ? 4 : mountPoint.startsWith(`${usualPlace}/`) ? 2 : 0;
		const rank = usual + (belowRoot(root, found.path) === undefined ? 0 : 1);
		if (rank >= (chosen.get(found)?.rank ?? 0)) chosen.set(found, { ...mount, rank });
	}
	return chosen;
}

const unifiedMark = 'cgroup2';

/** Where we are in the unified hierarchy: the one line of /proc/self/cgroup that has no controllers and no name. */
function unifiedMembership(text: string): Map<string, CgroupMembership> {
	const start = text.startsWith('0::') ? 0 : text.indexOf('\n0::') + 1;
	const [own] = parseProcessCgroup(text.slice(start, lineEnd(text, start)));
	return new Map(own?.hierarchy === 0 ? [[unifiedMark, own]] : []);
}

/** Where we are in those of v1, by what a mount of the hierarchy has among its options: a controller, or name=NAME. */
function v1Memberships(text: string): Map<string, CgroupMembership> {
	const byMark = new Map<string, CgroupMembership>();
	for (const one of parseProcessCgroup(text)) {
		for (const controller of one.controllers) byMark.set(controller, one);
		if (one.name !== undefined) byMark.set(`name=${one.name}`, one);
	}
	return byMark;
}

/** The lines that may be about a type of file system: of a container host's thousands, a handful. */
function* linesOfType(type: string, mountInfo: string): Generator<string> {
	const mark = ` - ${type} `;
	for (let at = mountInfo.indexOf(mark); at >= 0; at = mountInfo.indexOf(mark, at + 1))
		yield mountInfo.slice(mountInfo.lastIndexOf('\n', at) + 1, lineEnd(mountInfo, at));
}

function lineEnd(text: string, from: number): number | undefined {
	const end = text.indexOf('\n', from);
	return end < 0 ? undefined : end;
}

/** The hierarchy that has a controller: a v1 one, or the unified one; a controller is never in both. */
export function hierarchyOf(layout: CgroupLayout, controller: string): CgroupHierarchy | undefined {
	return (
		layout.v1.find(({ controllers }) => controllers.includes(controller)) ??
		(layout.unified?.controllers.includes(controller) ? layout.unified : undefined)
	);
}
