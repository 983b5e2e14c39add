import { boolean, integer, nonEmpty, oneOf, optionalId, optionalText, optionalUint32 } from './scalars.js';
import { object, optional } from './shape.js';

export const deviceTypes = ['c', 'b', 'u', 'p'] as const;

// A Linux device number has 12 bits of major and 20 of minor (include/linux/kdev_t.h); mknod(2) cuts what is above.
const major = integer(0, 0xfff);
const minor = integer(0, 0xf_ffff);

export const deviceSchema = object({
	type: oneOf(deviceTypes),
	path: nonEmpty,
	major: optional(major),
	minor: optional(minor),
	/** Permission bits; file type bits are allowed, callers that copy st_mode set them. */
	fileMode: optionalUint32,
	uid: optionalId,
	gid: optionalId,
});

// -1 is how libcontainer's own callers write the wildcard that an absent number means.
const ruleNumber = optional(integer(-1, 0xffff_ffff));

export const deviceRuleSchema = object({
	allow: boolean,
	type: optionalText,
	major: ruleNumber,
	minor: ruleNumber,
	access: optionalText,
});
