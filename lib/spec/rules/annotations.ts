import type { Rule } from '../fault.js';
import type { Spec } from '../types.js';

/** config.md, "Annotations". */
export const namedAnnotations: Rule<Spec> = function* (spec) {
	const { annotations } = spec;
	if (annotations !== undefined && Object.hasOwn(annotations, '')) {
		yield { pointer: '/annotations/', message: 'must not have an empty name' };
	}
};
