import { networkStats } from '../cgroup/stats/network.js';
import { cgroupStats } from '../cgroup/stats/read-stats.js';
import type { ContainerStats } from '../cgroup/stats/stats.js';
import type { ContainerRecord } from '../state/index.js';

/** What a container has used by now. */
export function containerStats({ cgroup, namespaces, pid }: ContainerRecord): ContainerStats {
	const stats = cgroupStats(cgroup.paths);
	if (!namespaces.some(({ type }) => type === 'network')) return stats;
	// Only a process of the namespace sees its interfaces.
	const network = networkStats(pid);
	return network === undefined ? stats : { ...stats, network };
}
