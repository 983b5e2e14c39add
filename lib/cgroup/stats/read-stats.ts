import type { CgroupPaths } from '../freezer.js';
import { blockIOStats } from './block-io.js';
import { cpuStats } from './cpu.js';
import { cpusetStats } from './cpuset.js';
import { hugetlbStats } from './hugetlb.js';
import { memoryStats } from './memory.js';
import { pidsStats } from './pids.js';
import { rdmaStats } from './rdma.js';
import { miscStats } from './scalar.js';
import type { ContainerStats } from './stats.js';

/** What the cgroup of a container has used by now. */
export function cgroupStats(paths: CgroupPaths): Omit<ContainerStats, 'network' | 'resctrl'> {
	const members = {
		cpu: cpuStats(paths),
		cpuset: cpusetStats(paths),
		memory: memoryStats(paths),
		pids: pidsStats(paths),
		blockIO: blockIOStats(paths),
		hugetlb: hugetlbStats(paths),
		rdma: rdmaStats(paths),
		misc: miscStats(paths),
	};
	const known = Object.entries(members).filter(([, value]) => value !== undefined);
	return { time: new Date(), ...Object.fromEntries(known) };
}
