import type { Resources } from './resources.js';
import type { Seccomp } from './seccomp.js';

/** What config.json says under `linux`. */
export interface Linux {
	/** Namespaces of its own, or of others; those that are not named are the caller's. */
	namespaces?: Namespace[] | undefined;
	/** User ids of the container's user namespace. */
	uidMappings?: IdMapping[] | undefined;
	/** Group ids of the container's user namespace. */
	gidMappings?: IdMapping[] | undefined;
	/** Offsets of the clocks of the container's time namespace. */
	timeOffsets?: TimeOffsets | undefined;
	/** Device files that are made in the container. */
	devices?: Device[] | undefined;
	/** Network interfaces that are moved into the container. */
	netDevices?: NetDevices | undefined;
	/** Where its cgroup is: a path, or `slice:prefix:name` of systemd. */
	cgroupsPath?: string | undefined;
	/** Limits. */
	resources?: Resources | undefined;
	/** How mounts spread between the container's root and the host. */
	rootfsPropagation?: RootfsPropagation | undefined;
	/** The filter of system calls. */
	seccomp?: Seccomp | undefined;
	/** Kernel parameters of the container's own namespaces. */
	sysctl?: Record<string, string> | undefined;
	/** Paths that are covered, so that nothing in them can be read. */
	maskedPaths?: string[] | undefined;
	/** Paths that cannot be written. */
	readonlyPaths?: string[] | undefined;
	/** SELinux context of the mounts. */
	mountLabel?: string | undefined;
	/** Intel Resource Director Technology. */
	intelRdt?: IntelRdt | undefined;
	/** NUMA policy (set_mempolicy(2)). */
	memoryPolicy?: MemoryPolicy | undefined;
	/** Execution domain (personality(2)). */
	personality?: Personality | undefined;
}

/** A namespace of the container. */
export interface Namespace {
	/** Which. */
	type: NamespaceType;
	/** One that exists, such as `/proc/1234/ns/net`; absent: a new one. */
	path?: string | undefined;
}

/** The kinds of namespaces. */
export type NamespaceType = 'mount' | 'pid' | 'network' | 'uts' | 'ipc' | 'user' | 'cgroup' | 'time';

/** A range of ids. */
export interface IdMapping {
	/** First id in the container. */
	containerID: number;
	/** First id on the host. */
	hostID: number;
	/** How many. */
	size: number;
}

/** What is added to clocks, by their names (time_namespaces(7)). */
export interface TimeOffsets {
	/** Of CLOCK_MONOTONIC. */
	monotonic?: TimeOffset | undefined;
	/** Of CLOCK_BOOTTIME. */
	boottime?: TimeOffset | undefined;
}

/** Seconds and nanoseconds. */
export interface TimeOffset {
	/** May be negative. */
	secs?: bigint | undefined;
	/** 0 to 999,999,999. */
	nanosecs?: number | undefined;
}

/** A device file that is made in the container. */
export interface Device {
	/** Character device (`c`, `u`), block device (`b`) or fifo (`p`). */
	type: 'c' | 'b' | 'u' | 'p';
	/** Where, inside the container. */
	path: string;
	/** Its number; not of a fifo. */
	major?: number | undefined;
	/** Its number; not of a fifo. */
	minor?: number | undefined;
	/** Permission bits; file type bits are allowed, callers that copy st_mode set them. */
	fileMode?: number | undefined;
	/** Owner, in ids of the container. */
	uid?: number | undefined;
	/** Group, in ids of the container. */
	gid?: number | undefined;
}

/** Network interfaces by the names that they have in the runtime's network namespace. */
export type NetDevices = Record<string, { name?: string | undefined }>;

/** Propagation of mounts (mount_namespaces(7)); the recursive spellings are Docker's. */
export type RootfsPropagation =
	| 'private'
	| 'shared'
	| 'slave'
	| 'unbindable'
	| 'rprivate'
	| 'rshared'
	| 'rslave'
	| 'runbindable';

/** Cache and memory bandwidth by Intel RDT. */
export interface IntelRdt {
	/** Name of the class of service. */
	closID?: string | undefined;
	/** Lines of the schemata file about the level 3 cache. */
	l3CacheSchema?: string | undefined;
	/** Line of the schemata file about memory bandwidth. */
	memBwSchema?: string | undefined;
	/** Lines of the schemata file. */
	schemata?: string[] | undefined;
	/** Make a monitoring group. */
	enableMonitoring?: boolean | undefined;
}

/** NUMA policy of the container's process. */
export interface MemoryPolicy {
	/** The mode. */
	mode: MemoryPolicyMode;
	/** Memory nodes, a list such as `0-3,7`. */
	nodes?: string | undefined;
	/** Flags of the mode. */
	flags?: MemoryPolicyFlag[] | undefined;
}

/** Modes of set_mempolicy(2). */
export type MemoryPolicyMode =
	| 'MPOL_DEFAULT'
	| 'MPOL_BIND'
	| 'MPOL_INTERLEAVE'
	| 'MPOL_WEIGHTED_INTERLEAVE'
	| 'MPOL_PREFERRED'
	| 'MPOL_PREFERRED_MANY'
	| 'MPOL_LOCAL';

/** Flags of set_mempolicy(2). */
export type MemoryPolicyFlag = 'MPOL_F_NUMA_BALANCING' | 'MPOL_F_RELATIVE_NODES' | 'MPOL_F_STATIC_NODES';

/** Execution domain of the container's process. */
export interface Personality {
	/** The domain. */
	domain: 'LINUX' | 'LINUX32';
	/** No flags are defined yet. */
	flags?: string[] | undefined;
}
