import { networkStats } from '../cgroup/stats/network.js';
import { cgroupStats } from '../cgroup/stats/read-stats.js';
import type { ContainerStats } from '../cgroup/stats/stats.js';
import { resctrlStats } from '../resctrl/stats.js';
import type { ContainerRecord } from '../state/index.js';

/** What a container has used by now. */
export function containerStats({ cgroup, namespaces, pid, resctrl }: ContainerRecord): ContainerStats {
	// Only a process of the namespace sees its interfaces.
	const network = namespaces.some(({ type }) => type === 'network') ? networkStats(pid) : undefined;
	return {
		...cgroupStats(cgroup.paths),
		...(resctrl === undefined
			? {}
			: { resctrl: resctrlStats(resctrl.root, resctrl.directory, resctrl.monitor ?? undefined) }),
		...(network === undefined ? {} : { network }),
	};
}
