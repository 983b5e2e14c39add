import { isAbsolute } from '../../paths.js';
import type { Rule } from '../fault.js';
import { hookNames } from '../schema/hooks.js';
import { showValue } from '../show-value.js';
import type { Spec } from '../types.js';

export const absoluteHookPaths: Rule<Spec> = function* (spec) {
	for (const name of hookNames) {
		for (const [index, { path }] of spec.hooks?.[name]?.entries() ?? []) {
			if (isAbsolute(path)) continue;
			yield { pointer: `/hooks/${name}/${index}/path`, message: `must be an absolute path, found ${showValue(path)}` };
		}
	}
};
