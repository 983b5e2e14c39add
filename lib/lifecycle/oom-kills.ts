import { memoryStats } from '../cgroup/stats/memory.js';
import type { ContainerRecord } from '../state/index.js';

/** How many processes of a container were killed because its memory had run out; undefined where its cgroup does not tell. */
export function oomKills({ cgroup }: ContainerRecord): bigint | undefined {
	return memoryStats(cgroup.paths)?.oomKills;
}
