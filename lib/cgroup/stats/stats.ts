import type { BlockIOStats } from './block-io.js';
import type { CpuStats } from './cpu.js';
import type { CpusetStats } from './cpuset.js';
import type { HugetlbStats } from './hugetlb.js';
import type { MemoryStats } from './memory.js';
import type { NetworkInterfaceStats } from './network.js';
import type { PidsStats } from './pids.js';

/**
 * What a container uses at one moment. Members are absent where the kernel does not tell: their controller is not in
 * the container's cgroup.
 */
export interface ContainerStats {
	readonly time: Date;
	readonly cpu?: CpuStats;
	readonly cpuset?: CpusetStats;
	readonly memory?: MemoryStats;
	readonly pids?: PidsStats;
	readonly blockIO?: BlockIOStats;
	/** By page size, as the kernel writes it: `2MB`. */
	readonly hugetlb?: Readonly<Record<string, HugetlbStats>>;
	/** Of the container's own network namespace; absent where it has none of its own. */
	readonly network?: readonly NetworkInterfaceStats[];
}
