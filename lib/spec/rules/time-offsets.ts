import type { Rule } from '../fault.js';
import type { Spec } from '../types.js';
import { namespaceOf } from './namespaces.js';

/** time_namespaces(7): offsets can be written only while no process is in the namespace yet. */
export const offsetsNeedNewTimeNamespace: Rule<Spec> = function* (spec) {
	const offsets = spec.linux?.timeOffsets;
	if (offsets?.monotonic === undefined && offsets?.boottime === undefined) return;
	const pointer = '/linux/timeOffsets';
	const namespace = namespaceOf(spec, 'time');
	if (namespace === undefined) yield { pointer, message: 'needs an entry of type time in /linux/namespaces' };
	else if (namespace.path !== undefined) yield { pointer, message: 'cannot be set in a time namespace that is joined' };
};
