import { cgroupDirectory } from '../host/cgroup-directory.js';
import type { CgroupHierarchy, CgroupLayout } from '../host/cgroup-layout.js';
import { absolutePath } from '../paths.js';

/** The directories of one container's cgroup: one per hierarchy. */
export interface CgroupDirectories {
	/** In the unified hierarchy, also where it only stands beside the v1 ones. */
	readonly unified?: string;
	/** v1: directory by controller; controllers mounted together share one, a named hierarchy is `name=...`. */
	readonly v1: Readonly<Record<string, string>>;
}

/**
 * Where the container's cgroup is, in every hierarchy of the layout.
 * An absolute `cgroupsPath` counts from the mount of the hierarchy, a relative one, or none, from the runtime's own
 * cgroup (config-linux.md, "Cgroups Path"): from its parent in a unified hierarchy, where a cgroup with processes of
 * its own may not hand controllers to children.
 */
export function cgroupDirectories(
	layout: CgroupLayout,
	id: string,
	cgroupsPath: string | undefined,
): CgroupDirectories {
	const asked = cgroupsPath ?? nameOfOwn(id);
	const unifiedBase = (own: string) => (layout.mode === 'unified' ? parentOf(own) : own);
	return eachHierarchy(layout, (hierarchy) => {
		const base = hierarchy === layout.unified ? unifiedBase(hierarchy.own) : hierarchy.own;
		return cgroupDirectory(hierarchy, absolutePath(base, asked));
	});
}

/**
 * Names that are somebody's already wherever they stand: units of systemd, which makes cgroups of these names and removes
 * them, and files of the kernel in every cgroup v1 directory (tasks) or of both kinds (cgroup.procs).
 */
const takenEndings = ['.mount', '.scope', '.service', '.slice', '.socket', '.swap'];
const takenNames = ['notify_on_release', 'release_agent', 'tasks'];
const isTaken = (name: string): boolean =>
	name.startsWith('cgroup.') || takenNames.includes(name) || takenEndings.some((ending) => name.endsWith(ending));

// The id, as runc and crun name it: monitors and scripts look for it. One of that name with processes in it is refused.
function nameOfOwn(id: string): string {
	return isTaken(id) ? `tsrun-${id}` : id;
}

/** One cgroup, in every hierarchy; its path counts from the top of each. */
export function cgroupDirectoriesAt(layout: CgroupLayout, path: string): CgroupDirectories {
	return eachHierarchy(layout, (hierarchy) => cgroupDirectory(hierarchy, path));
}

/** The cgroup that the runtime itself is in. */
export function ownDirectories(layout: CgroupLayout): CgroupDirectories {
	return eachHierarchy(layout, (hierarchy) => cgroupDirectory(hierarchy, hierarchy.own));
}

function eachHierarchy(
	{ unified, v1 }: CgroupLayout,
	directoryIn: (hierarchy: CgroupHierarchy) => string,
): CgroupDirectories {
	const byKey = v1.flatMap((hierarchy) =>
		controllerKeys(hierarchy).map((key): [string, string] => [key, directoryIn(hierarchy)]),
	);
	return {
		...(unified === undefined ? {} : { unified: directoryIn(unified) }),
		v1: Object.fromEntries(byKey),
	};
}

/** What a v1 hierarchy is known by: its controllers, or `name=systemd`. */
export function controllerKeys(hierarchy: CgroupLayout['v1'][number]): readonly string[] {
	return hierarchy.name === undefined ? hierarchy.controllers : [`name=${hierarchy.name}`];
}

/** Every directory once. */
export function allDirectories(directories: CgroupDirectories): string[] {
	const all = new Set(Object.values(directories.v1));
	if (directories.unified !== undefined) all.add(directories.unified);
	return [...all];
}

function parentOf(path: string): string {
	return path.slice(0, path.lastIndexOf('/')) || '/';
}
