/** A program to run in a container, and as what. */
export interface Process {
	/** It gets a terminal of its own. */
	terminal?: boolean | undefined;
	/** Size of that terminal, in characters. */
	consoleSize?: { height: number; width: number } | undefined;
	/** Absolute path of the working directory, inside the container. */
	cwd: string;
	/** NAME=VALUE; all that it gets. */
	env?: string[] | undefined;
	/** The program and its words; looked up in the PATH of `env`. */
	args: string[];
	/** Whose it is, in the container's own ids. */
	user: User;
	/** Resource limits of setrlimit(2). */
	rlimits?: Rlimit[] | undefined;
	/** Capabilities by set, as `CAP_NET_RAW`; absent: none. */
	capabilities?: Capabilities | undefined;
	/** Nothing that is executed gains privileges (prctl(2), PR_SET_NO_NEW_PRIVS). */
	noNewPrivileges?: boolean | undefined;
	/** Name of an AppArmor profile that is loaded. */
	apparmorProfile?: string | undefined;
	/** SELinux context. */
	selinuxLabel?: string | undefined;
	/** -1000 to 1000: how soon it is killed when memory runs out. */
	oomScoreAdj?: number | undefined;
	/** Scheduling policy (sched_setattr(2)). */
	scheduler?: Scheduler | undefined;
	/** I/O scheduling class (ioprio_set(2)). */
	ioPriority?: IoPriority | undefined;
	/** Processors of a process of `exec`: while it is made, and from then on; lists such as `0-3,7`. */
	execCPUAffinity?: { initial?: string | undefined; final?: string | undefined } | undefined;
}

/** Whose a process is, in ids of the container. */
export interface User {
	/** User id. */
	uid: number;
	/** Group id. */
	gid: number;
	/** File mode creation mask. */
	umask?: number | undefined;
	/** Supplementary groups. */
	additionalGids?: number[] | undefined;
}

/** Names of capabilities, by set (capabilities(7)). One that the kernel does not know is left out, with a warning. */
export interface Capabilities {
	/** The most that anything executed can have. */
	bounding?: string[] | undefined;
	/** What the kernel checks. */
	effective?: string[] | undefined;
	/** What is kept for programs whose file says so. */
	inheritable?: string[] | undefined;
	/** What can be made effective. */
	permitted?: string[] | undefined;
	/** What a program executed by others than root keeps. */
	ambient?: string[] | undefined;
}

/** One limit of setrlimit(2); 2^64-1 is none. */
export interface Rlimit {
	/** Which. */
	type: RlimitName;
	/** What holds. */
	soft: bigint;
	/** How far the process itself can raise it. */
	hard: bigint;
}

/** The limits of getrlimit(2). */
export type RlimitName =
	| 'RLIMIT_AS'
	| 'RLIMIT_CORE'
	| 'RLIMIT_CPU'
	| 'RLIMIT_DATA'
	| 'RLIMIT_FSIZE'
	| 'RLIMIT_LOCKS'
	| 'RLIMIT_MEMLOCK'
	| 'RLIMIT_MSGQUEUE'
	| 'RLIMIT_NICE'
	| 'RLIMIT_NOFILE'
	| 'RLIMIT_NPROC'
	| 'RLIMIT_RSS'
	| 'RLIMIT_RTPRIO'
	| 'RLIMIT_RTTIME'
	| 'RLIMIT_SIGPENDING'
	| 'RLIMIT_STACK';

/** Arguments of sched_setattr(2). */
export interface Scheduler {
	/** The policy. */
	policy: SchedulerPolicy;
	/** -20 to 19, of SCHED_OTHER and SCHED_BATCH. */
	nice?: number | undefined;
	/** 1 to 99, of SCHED_FIFO and SCHED_RR. */
	priority?: number | undefined;
	/** Flags. */
	flags?: SchedulerFlag[] | undefined;
	/** Of SCHED_DEADLINE, in nanoseconds, as the other two. */
	runtime?: bigint | undefined;
	/** Nanoseconds. */
	deadline?: bigint | undefined;
	/** Nanoseconds. */
	period?: bigint | undefined;
}

/** Policies of sched_setattr(2). */
export type SchedulerPolicy =
	| 'SCHED_OTHER'
	| 'SCHED_FIFO'
	| 'SCHED_RR'
	| 'SCHED_BATCH'
	| 'SCHED_ISO'
	| 'SCHED_IDLE'
	| 'SCHED_DEADLINE';

/** Flags of sched_setattr(2). */
export type SchedulerFlag =
	| 'SCHED_FLAG_RESET_ON_FORK'
	| 'SCHED_FLAG_RECLAIM'
	| 'SCHED_FLAG_DL_OVERRUN'
	| 'SCHED_FLAG_KEEP_POLICY'
	| 'SCHED_FLAG_KEEP_PARAMS'
	| 'SCHED_FLAG_UTIL_CLAMP_MIN'
	| 'SCHED_FLAG_UTIL_CLAMP_MAX';

/** Arguments of ioprio_set(2). */
export interface IoPriority {
	/** The class. */
	class: 'IOPRIO_CLASS_RT' | 'IOPRIO_CLASS_BE' | 'IOPRIO_CLASS_IDLE';
	/** 0, the highest, to 7. */
	priority: number;
}
