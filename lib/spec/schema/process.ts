import { optionalNumberList } from './number-list.js';
import { rlimitSchema } from './rlimits.js';
import {
	id,
	integer,
	nonEmpty,
	oneOrMoreTexts,
	optionalBoolean,
	optionalText,
	optionalTexts,
	optionalUint32,
	uint32,
} from './scalars.js';
import { ioPrioritySchema, schedulerSchema } from './scheduler.js';
import { array, defaulted, object, optional } from './shape.js';

// config.md requires both; runc and crun take an absent one for 0, and configs written by hand leave it out.
const idOrRoot = defaulted(id, () => 0);

const userSchema = object({
	uid: idOrRoot,
	gid: idOrRoot,
	umask: optionalUint32,
	additionalGids: optional(array(id)),
});

/** Names stay plain text: one that the kernel does not know is a warning at the place that grants it, not a fault. */
const capabilitiesSchema = object({
	bounding: optionalTexts,
	effective: optionalTexts,
	inheritable: optionalTexts,
	permitted: optionalTexts,
	ambient: optionalTexts,
});

export const processSchema = object({
	terminal: optionalBoolean,
	consoleSize: optional(object({ height: uint32, width: uint32 })),
	cwd: nonEmpty,
	env: optionalTexts,
	args: oneOrMoreTexts,
	user: defaulted(userSchema, () => ({ uid: 0, gid: 0 })),
	rlimits: optional(array(rlimitSchema)),
	capabilities: optional(capabilitiesSchema),
	noNewPrivileges: optionalBoolean,
	apparmorProfile: optionalText,
	selinuxLabel: optionalText,
	oomScoreAdj: optional(integer(-1000, 1000)),
	scheduler: optional(schedulerSchema),
	ioPriority: optional(ioPrioritySchema),
	execCPUAffinity: optional(object({ initial: optionalNumberList, final: optionalNumberList })),
});
