import { TsrunError } from '../errors/index.js';
import { cgroupDirectory } from '../host/cgroup-directory.js';
import type { CgroupHierarchy } from '../host/cgroup-layout.js';
import { readProcessCgroup, readTextFileIfThere } from '../os/index.js';
import type { ContainerRecord } from '../state/index.js';

/**
 * Where a process of `exec` is accounted: in the container's cgroup, or below it where the caller says so.
 *
 * @param hierarchy the unified one of this host
 * @throws TsrunError ERR_ARGUMENT for a place that the container does not have
 */
export function execCgroups(
	{ cgroup, pid }: ContainerRecord,
	asked: readonly string[],
	hierarchy: CgroupHierarchy | undefined,
): { unified?: string | undefined; v1: readonly string[] } {
	const { v2, v1 = {} } = cgroup.paths;
	let unified = v2;
	if (v2 !== undefined && asked.length === 0 && !takesProcesses(v2)) unified = cgroupOfInit(pid, hierarchy) ?? v2;
	const byController: Record<string, string> = { ...v1 };
	for (const entry of asked) {
		const { controllers, path } = parseSubCgroup(entry);
		if (controllers === undefined) {
			if (unified !== undefined) unified = below(unified, path, entry);
			for (const [controller, directory] of Object.entries(v1))
				byController[controller] = below(directory, path, entry);
			continue;
		}
		for (const controller of controllers) {
			const directory = v1[controller];
			if (directory === undefined)
				throw bad(entry, `unknown controller ${controller}, the container has no cgroup of it`);
			byController[controller] = below(directory, path, entry);
		}
	}
	return { unified, v1: [...new Set(Object.values(byController))] };
}

// An init such as systemd moves itself below, and hands controllers to what is there: from then on the kernel refuses
// processes in the container's own cgroup (cgroups(7), "no internal processes"). Another one may have removed it.
function takesProcesses(directory: string): boolean {
	return readTextFileIfThere(`${directory}/cgroup.subtree_control`, { maxBytes: 4096 })?.trim() === '';
}

function cgroupOfInit(pid: number, hierarchy: CgroupHierarchy | undefined): string | undefined {
	const membership = readProcessCgroup(pid)?.find((one) => one.hierarchy === 0);
	return membership && hierarchy && cgroupDirectory(hierarchy, membership.path);
}

function parseSubCgroup(entry: string): { controllers?: string[]; path: string } {
	const colon = entry.indexOf(':');
	if (colon === -1) return { path: entry };
	return { controllers: entry.slice(0, colon).split(','), path: entry.slice(colon + 1) };
}

// A path that leaves the container's cgroup would take the process out of its limits.
function below(directory: string, path: string, entry: string): string {
	const parts = path.split('/').filter((part) => part !== '' && part !== '.');
	if (parts.includes('..')) throw bad(entry, 'it leads out of the cgroup of the container');
	return [directory, ...parts].join('/');
}

function bad(entry: string, reason: string): TsrunError {
	return new TsrunError('ERR_ARGUMENT', `bad sub cgroup path ${JSON.stringify(entry)}: ${reason}`);
}
