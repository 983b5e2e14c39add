import { cgroupProcesses } from '../cgroup/processes.js';
import type { ContainerRecord } from '../state/index.js';

/** Host pids of every process of a container, ascending: those of its cgroup and of the cgroups below. */
export function containerProcesses({ cgroup, pid }: ContainerRecord): number[] {
	const { v2, v1 } = cgroup.paths;
	// One hierarchy tells all: a process enters them together. The freezer's is the one that no program in a
	// container rearranges for itself, as a systemd does with its own named hierarchy.
	const directory = v2 ?? v1?.['freezer'] ?? v1?.['devices'] ?? Object.values(v1 ?? {})[0];
	if (directory === undefined) return pid === 0 ? [] : [pid];
	return cgroupProcesses(directory);
}
