import * as z from 'zod/mini';
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

// config.md requires both; runc and crun take an absent one for 0, and configs written by hand leave it out.
const idOrRoot = z._default(z.optional(id), 0);

export const userSchema = z.object({
	uid: idOrRoot,
	gid: idOrRoot,
	umask: optionalUint32,
	additionalGids: z.optional(z.array(id)),
});

/** Names stay plain text: one that the kernel does not know is a warning at the place that grants it, not a fault. */
export const capabilitiesSchema = z.object({
	bounding: optionalTexts,
	effective: optionalTexts,
	inheritable: optionalTexts,
	permitted: optionalTexts,
	ambient: optionalTexts,
});

export const processSchema = z.object({
	terminal: optionalBoolean,
	consoleSize: z.optional(z.object({ height: uint32, width: uint32 })),
	cwd: nonEmpty,
	env: optionalTexts,
	args: oneOrMoreTexts,
	user: z._default(z.optional(userSchema), () => ({ uid: 0, gid: 0 })),
	rlimits: z.optional(z.array(rlimitSchema)),
	capabilities: z.optional(capabilitiesSchema),
	noNewPrivileges: optionalBoolean,
	apparmorProfile: optionalText,
	selinuxLabel: optionalText,
	oomScoreAdj: z.optional(integer(-1000, 1000)),
	scheduler: z.optional(schedulerSchema),
	ioPriority: z.optional(ioPrioritySchema),
	execCPUAffinity: z.optional(z.object({ initial: optionalNumberList, final: optionalNumberList })),
});
