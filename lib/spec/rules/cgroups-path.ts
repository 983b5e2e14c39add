import type { Rule } from '../fault.js';
import { showValue } from '../show-value.js';
import type { Spec } from '../types.js';

/** A cgroup is named from the top of its tree; a path that climbs has nowhere to go but out of it. */
export const cgroupsPathStaysInside: Rule<Spec> = function* (spec) {
	const path = spec.linux?.cgroupsPath;
	if (path === undefined || !path.split('/').includes('..')) return;
	yield { pointer: '/linux/cgroupsPath', message: `must not contain .., found ${showValue(path)}` };
};
