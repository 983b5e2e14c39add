/** SCHED_* of linux/sched.h. */
export const schedulerPolicies = {
	SCHED_OTHER: 0,
	SCHED_FIFO: 1,
	SCHED_RR: 2,
	SCHED_BATCH: 3,
	SCHED_ISO: 4,
	SCHED_IDLE: 5,
	SCHED_DEADLINE: 6,
} as const;

/** The name of a policy, for messages. */
export function schedulerPolicyName(policy: number): string {
	return Object.entries(schedulerPolicies).find(([, number]) => number === policy)?.[0] ?? `policy ${policy}`;
}

/** SCHED_FLAG_* of linux/sched.h. */
export const schedulerFlags = {
	SCHED_FLAG_RESET_ON_FORK: 0x01n,
	SCHED_FLAG_RECLAIM: 0x02n,
	SCHED_FLAG_DL_OVERRUN: 0x04n,
	SCHED_FLAG_KEEP_POLICY: 0x08n,
	SCHED_FLAG_KEEP_PARAMS: 0x10n,
	SCHED_FLAG_UTIL_CLAMP_MIN: 0x20n,
	SCHED_FLAG_UTIL_CLAMP_MAX: 0x40n,
} as const;

/** IOPRIO_CLASS_* of linux/ioprio.h. */
export const ioPriorityClasses = { IOPRIO_CLASS_RT: 1, IOPRIO_CLASS_BE: 2, IOPRIO_CLASS_IDLE: 3 } as const;

/** MPOL_* of linux/mempolicy.h. */
export const memoryPolicyModes = {
	MPOL_DEFAULT: 0,
	MPOL_PREFERRED: 1,
	MPOL_BIND: 2,
	MPOL_INTERLEAVE: 3,
	MPOL_LOCAL: 4,
	MPOL_PREFERRED_MANY: 5,
	MPOL_WEIGHTED_INTERLEAVE: 6,
} as const;

export const memoryPolicyFlags = {
	MPOL_F_STATIC_NODES: 1 << 15,
	MPOL_F_RELATIVE_NODES: 1 << 14,
	MPOL_F_NUMA_BALANCING: 1 << 13,
} as const;

/** PER_* of linux/personality.h. */
export const personalities = { LINUX: 0x0000n, LINUX32: 0x0008n } as const;
