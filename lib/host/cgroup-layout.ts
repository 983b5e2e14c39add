/**
 * Which cgroup hierarchies this process can reach, and where in them it is. Nothing is taken from the names of
 * directories: mountinfo names the candidates, statfs says what is really visible there. (On Podman hosts the tmpfs
 * at /sys/fs/cgroup holds plain directories named after controllers that are not mounted.)
 */
import { TsrunError } from '../errors/index.js';
import { type CgroupMembership, type MountInfo, parseMountInfo, parseProcessCgroup } from '../os/index.js';

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
	// Most lines of a container host's mountinfo are overlays and tmpfs; only cgroup lines are worth parsing.
	const lines = sources.mountInfo.split('\n').filter((line) => line.includes(' - cgroup'));
	const mounts = parseMountInfo(lines.join('\n'));
	const memberships = parseProcessCgroup(sources.membership);
	const unified = unifiedHierarchy(mounts, memberships, sources);
	const v1 = v1Hierarchies(mounts, memberships, sources);
	return { mode: modeOf(unified !== undefined, v1.length > 0), ...(unified === undefined ? {} : { unified }), v1 };
}

function modeOf(hasUnified: boolean, hasV1: boolean): CgroupLayout['mode'] {
	if (hasUnified) return hasV1 ? 'hybrid' : 'unified';
	return hasV1 ? 'legacy' : 'none';
}

function unifiedHierarchy(
	mounts: readonly MountInfo[],
	memberships: readonly CgroupMembership[],
	{ fileSystemType, readFile }: CgroupSources,
): CgroupHierarchy | undefined {
	const membership = memberships.find(({ hierarchy }) => hierarchy === 0);
	if (membership === undefined) return undefined;
	const visible = mounts.filter(
		({ type, mountPoint }) => type === 'cgroup2' && fileSystemType(mountPoint) === CGROUP2_SUPER_MAGIC,
	);
	const mount = bestMount(visible, membership.path);
	if (mount === undefined) return undefined;
	const list = readFile(`${mount.mountPoint}/cgroup.controllers`)?.trim() ?? '';
	return {
		mount: mount.mountPoint,
		root: mount.root,
		own: membership.path,
		controllers: list === '' ? [] : list.split(' '),
	};
}

function v1Hierarchies(
	mounts: readonly MountInfo[],
	memberships: readonly CgroupMembership[],
	{ fileSystemType }: CgroupSources,
): V1Hierarchy[] {
	const hierarchies: V1Hierarchy[] = [];
	const v1Mounts = mounts.filter(({ type }) => type === 'cgroup');
	for (const { hierarchy, controllers, name, path } of memberships) {
		if (hierarchy === 0) continue;
		// Co-mounted controllers are options of the file system, among others such as xattr or release_agent=.
		const marks = name === undefined ? controllers : [`name=${name}`];
		const visible = v1Mounts.filter(
			({ superOptions, mountPoint }) =>
				marks.length > 0 &&
				marks.every((mark) => superOptions.includes(mark)) &&
				fileSystemType(mountPoint) === CGROUP_SUPER_MAGIC,
		);
		const mount = bestMount(visible, path);
		if (mount === undefined) continue;
		hierarchies.push({
			mount: mount.mountPoint,
			root: mount.root,
			own: path,
			controllers,
			...(name === undefined ? {} : { name }),
		});
	}
	const order = (one: V1Hierarchy): number => v1Mounts.findIndex(({ mountPoint }) => mountPoint === one.mount);
	return hierarchies.sort((a, b) => order(a) - order(b));
}

/**
 * One hierarchy may be mounted many times: containers of a host without cgroup namespaces get bind mounts of it.
 * Preferred is the place where everybody looks, then a mount that shows our own cgroup, then the one on top.
 */
function bestMount(mounts: readonly MountInfo[], own: string): MountInfo | undefined {
	let best: MountInfo | undefined;
	let bestRank = -1;
	for (const mount of mounts) {
		const usual = mount.mountPoint === '/sys/fs/cgroup' || mount.mountPoint.startsWith('/sys/fs/cgroup/');
		// With cgroup2 on /sys/fs/cgroup, what mountinfo lists below may be hidden, and then statfs sees a cgroup there.
		const top = mount.mountPoint === '/sys/fs/cgroup';
		const rank = (top ? 4 : 0) + (usual ? 2 : 0) + (belowRoot(mount.root, own) === undefined ? 0 : 1);
		if (rank >= bestRank) {
			best = mount;
			bestRank = rank;
		}
	}
	return best;
}

/**
 * The directory of a cgroup.
 *
 * @param cgroup path as in /proc/PID/cgroup. Below a hierarchy of which a part is mounted, a path outside of that part
 *   is taken as relative to the part, which is how containers inside of containers name their cgroups.
 * @throws TsrunError ERR_CGROUP for a path with `..`: a cgroup outside of our cgroup namespace is not below any mount
 */
export function cgroupDirectory({ mount, root }: Pick<CgroupHierarchy, 'mount' | 'root'>, cgroup: string): string {
	if (cgroup.split('/').includes('..')) {
		throw new TsrunError('ERR_CGROUP', `the cgroup ${cgroup} is outside of what is mounted at ${mount}`, {
			path: mount,
		});
	}
	const below = belowRoot(root, cgroup) ?? cgroup;
	return below === '' || below === '/' ? mount : `${mount}${below.startsWith('/') ? '' : '/'}${below}`;
}

/** `/a/b` below `/a` is `/b`; undefined when it is not below. */
function belowRoot(root: string, path: string): string | undefined {
	if (root === '/') return path;
	if (path === root) return '/';
	return path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
}

/** The hierarchy that has a controller: a v1 one, or the unified one; a controller is never in both. */
export function hierarchyOf(layout: CgroupLayout, controller: string): CgroupHierarchy | undefined {
	return (
		layout.v1.find(({ controllers }) => controllers.includes(controller)) ??
		(layout.unified?.controllers.includes(controller) ? layout.unified : undefined)
	);
}
