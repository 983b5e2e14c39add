import type { ResctrlStats } from '../../resctrl/stats.js';
import type { BlockIOStats } from './block-io.js';
import type { CpuStats } from './cpu.js';
import type { CpusetStats } from './cpuset.js';
import type { HugetlbStats } from './hugetlb.js';
import type { MemoryStats } from './memory.js';
import type { NetworkInterfaceStats } from './network.js';
import type { PidsStats } from './pids.js';
import type { RdmaStats } from './rdma.js';
import type { MiscStats } from './scalar.js';

/**
 * What a container uses at one moment. Members are absent where the kernel does not tell: their controller is not in
 * the container's cgroup.
 */
export interface ContainerStats {
	/** When it was looked up. */
	readonly time: Date;
	/** Processor time. */
	readonly cpu?: CpuStats;
	/** Where it may run. */
	readonly cpuset?: CpusetStats;
	/** Memory. */
	readonly memory?: MemoryStats;
	/** Processes. */
	readonly pids?: PidsStats;
	/** Block devices. */
	readonly blockIO?: BlockIOStats;
	/** By page size, as the kernel writes it: `2MB`. */
	readonly hugetlb?: Readonly<Record<string, HugetlbStats>>;
	/** By the name of the device. */
	readonly rdma?: Readonly<Record<string, RdmaStats>>;
	/** By the name of the resource. */
	readonly misc?: Readonly<Record<string, MiscStats>>;
	/** Of its group in resctrl, where it has one. */
	readonly resctrl?: ResctrlStats;
	/** Of the container's own network namespace; absent where it has none of its own. */
	readonly network?: readonly NetworkInterfaceStats[];
}
