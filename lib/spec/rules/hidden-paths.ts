import { isAbsolute } from '../../paths.js';
import type { Rule } from '../fault.js';
import { showValue } from '../show-value.js';
import type { Spec } from '../types.js';
import { namespaceOf } from './namespaces.js';

/** Without an own mount namespace these would hide the host's files from the host. */
export const hiddenPaths: Rule<Spec> = function* (spec) {
	for (const member of ['maskedPaths', 'readonlyPaths'] as const) {
		const paths = spec.linux?.[member] ?? [];
		if (paths.length > 0 && namespaceOf(spec, 'mount') === undefined) {
			yield { pointer: `/linux/${member}`, message: 'needs an entry of type mount in /linux/namespaces' };
		}
		for (const [index, path] of paths.entries()) {
			if (isAbsolute(path)) continue;
			yield { pointer: `/linux/${member}/${index}`, message: `must be an absolute path, found ${showValue(path)}` };
		}
	}
};
