/** Limits of a container: what its cgroup is told. */
export interface Resources {
	/** Which devices may be used; the last rule that speaks of an access decides. */
	devices?: DeviceRule[] | undefined;
	/** Memory. */
	memory?: MemoryResources | undefined;
	/** Processor time. */
	cpu?: CpuResources | undefined;
	/** Processes and threads; -1 is no limit. */
	pids?: { limit?: bigint | undefined } | undefined;
	/** Block devices. */
	blockIO?: BlockIOResources | undefined;
	/** Bytes of huge pages, by page size as the kernel writes it: `2MB`. */
	hugepageLimits?: { pageSize: string; limit: bigint }[] | undefined;
	/** Network, cgroup v1 alone. */
	network?: NetworkResources | undefined;
	/** RDMA, by device. */
	rdma?: Record<string, RdmaResources> | undefined;
	/** Files of the cgroup in the unified hierarchy, by name, and what is written to them. */
	unified?: Record<string, string> | undefined;
}

/** One rule about devices. */
export interface DeviceRule {
	/** Whether it allows. */
	allow: boolean;
	/** `c`, `b` or `a`, which is both; absent: both. */
	type?: string | undefined;
	/** Absent or -1: any. */
	major?: number | undefined;
	/** Absent or -1: any. */
	minor?: number | undefined;
	/** Letters of r, w and m (mknod); absent: all. */
	access?: string | undefined;
}

/** Bytes; -1 is no limit. */
export interface MemoryResources {
	/** The most there may be. */
	limit?: bigint | undefined;
	/** What is left alone when memory is short. */
	reservation?: bigint | undefined;
	/** Memory and swap together. */
	swap?: bigint | undefined;
	/** Of the kernel; kernels no longer have it. */
	kernel?: bigint | undefined;
	/** Of TCP buffers; kernels no longer have it. */
	kernelTCP?: bigint | undefined;
	/** 0 to 100; cgroup v1 alone. */
	swappiness?: bigint | undefined;
	/** Processes wait for memory instead of being killed; cgroup v1 alone. */
	disableOOMKiller?: boolean | undefined;
	/** Always so by now. */
	useHierarchy?: boolean | undefined;
	/** Refuse a limit below what is used. */
	checkBeforeUpdate?: boolean | undefined;
}

/** Processor time; times are microseconds. */
export interface CpuResources {
	/** Weight against other containers, 2 to 262144; 1024 is usual. */
	shares?: bigint | undefined;
	/** Processor time in each period; -1 is no limit. */
	quota?: bigint | undefined;
	/** Unused quota that may be saved up. */
	burst?: bigint | undefined;
	/** Length of the period. */
	period?: bigint | undefined;
	/** Real-time scheduling: time in each period. */
	realtimeRuntime?: bigint | undefined;
	/** Real-time scheduling: length of the period. */
	realtimePeriod?: bigint | undefined;
	/** Processors that may be used, a list such as `0-3,7`. */
	cpus?: string | undefined;
	/** Memory nodes that may be used, a list. */
	mems?: string | undefined;
	/** 1: run only when nothing else wants the processor. */
	idle?: number | undefined;
}

/** Block devices. */
export interface BlockIOResources {
	/** 10 to 1000. */
	weight?: number | undefined;
	/** 10 to 1000, against the cgroups below; before Linux 5.0. */
	leafWeight?: number | undefined;
	/** Weights by device. */
	weightDevice?:
		| { major: number; minor: number; weight?: number | undefined; leafWeight?: number | undefined }[]
		| undefined;
	/** Bytes a second. */
	throttleReadBpsDevice?: ThrottleDevice[] | undefined;
	/** Bytes a second. */
	throttleWriteBpsDevice?: ThrottleDevice[] | undefined;
	/** Operations a second. */
	throttleReadIOPSDevice?: ThrottleDevice[] | undefined;
	/** Operations a second. */
	throttleWriteIOPSDevice?: ThrottleDevice[] | undefined;
}

/** The most that may be read from, or written to, one device in a second. */
export interface ThrottleDevice {
	/** Of the device. */
	major: number;
	/** Of the device. */
	minor: number;
	/** Bytes or operations, by the list it stands in; 0 takes a limit away. */
	rate: bigint;
}

/** Network classes of cgroup v1. */
export interface NetworkResources {
	/** Class of the traffic control for all packets. */
	classID?: number | undefined;
	/** Priorities by interface. */
	priorities?: { name: string; priority: number }[] | undefined;
}

/** What may be had of an RDMA device. */
export interface RdmaResources {
	/** Handles. */
	hcaHandles?: number | undefined;
	/** Objects. */
	hcaObjects?: number | undefined;
}
