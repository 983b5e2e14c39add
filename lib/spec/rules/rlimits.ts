import type { Rule } from '../fault.js';
import type { Process, RlimitName } from '../types.js';

/** config.md, "POSIX process": a type may stand in the list once. */
export const uniqueRlimits: Rule<Process> = function* ({ rlimits }, at) {
	const seen = new Map<RlimitName, number>();
	for (const [index, { type }] of rlimits?.entries() ?? []) {
		const first = seen.get(type);
		if (first === undefined) seen.set(type, index);
		else yield { pointer: `${at}/rlimits/${index}/type`, message: `limits ${type} again, first in entry ${first}` };
	}
};

/** setrlimit(2) answers EINVAL. */
export const softBelowHard: Rule<Process> = function* ({ rlimits }, at) {
	for (const [index, { soft, hard }] of rlimits?.entries() ?? []) {
		if (soft <= hard) continue;
		yield { pointer: `${at}/rlimits/${index}/soft`, message: `must not exceed the hard limit ${hard}, found ${soft}` };
	}
};
