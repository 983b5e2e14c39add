import { TsrunError } from '../errors/index.js';
import type { ContainerRecord } from '../state/index.js';

/** Where a process of `exec` is accounted: in the container's cgroup, or below it where the caller says so. */
export function execCgroups(
	{ cgroup }: ContainerRecord,
	asked: readonly string[],
): { unified?: string | undefined; v1: readonly string[] } {
	const { v2, v1 = {} } = cgroup.paths;
	let unified = v2;
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
			if (directory === undefined) throw bad(entry, `the container has no cgroup of the controller ${controller}`);
			byController[controller] = below(directory, path, entry);
		}
	}
	return { unified, v1: [...new Set(Object.values(byController))] };
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
	return new TsrunError('ERR_ARGUMENT', `the cgroup ${JSON.stringify(entry)} cannot be used: ${reason}`);
}
