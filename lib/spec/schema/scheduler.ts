import { integer, oneOf, optionalInt32, optionalNames, optionalUint64 } from './scalars.js';
import { defaulted, object } from './shape.js';

export const schedulerPolicies = [
	'SCHED_OTHER',
	'SCHED_FIFO',
	'SCHED_RR',
	'SCHED_BATCH',
	'SCHED_ISO',
	'SCHED_IDLE',
	'SCHED_DEADLINE',
] as const;

export const schedulerFlags = [
	'SCHED_FLAG_RESET_ON_FORK',
	'SCHED_FLAG_RECLAIM',
	'SCHED_FLAG_DL_OVERRUN',
	'SCHED_FLAG_KEEP_POLICY',
	'SCHED_FLAG_KEEP_PARAMS',
	'SCHED_FLAG_UTIL_CLAMP_MIN',
	'SCHED_FLAG_UTIL_CLAMP_MAX',
] as const;

export const schedulerSchema = object({
	policy: oneOf(schedulerPolicies),
	nice: optionalInt32,
	priority: optionalInt32,
	flags: optionalNames(schedulerFlags),
	/** Nanoseconds, as the other two. */
	runtime: optionalUint64,
	deadline: optionalUint64,
	period: optionalUint64,
});

export const ioPriorityClasses = ['IOPRIO_CLASS_RT', 'IOPRIO_CLASS_BE', 'IOPRIO_CLASS_IDLE'] as const;

export const ioPrioritySchema = object({
	class: oneOf(ioPriorityClasses),
	// config.md requires it; callers leave it out for the idle class, which has no levels, and runc then takes 0.
	priority: defaulted(integer(0, 7), () => 0),
});
