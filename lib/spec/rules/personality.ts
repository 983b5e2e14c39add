import type { Rule } from '../fault.js';
import { showValue } from '../show-value.js';
import type { Spec } from '../types.js';

/** config-linux.md has the member but defines no flag for it. */
export const noPersonalityFlags: Rule<Spec> = function* (spec) {
	for (const [index, flag] of spec.linux?.personality?.flags?.entries() ?? []) {
		yield { pointer: `/linux/personality/flags/${index}`, message: `is not a known flag, found ${showValue(flag)}` };
	}
};
