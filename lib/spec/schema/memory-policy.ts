import { numberList } from './number-list.js';
import { namesOf, oneOf } from './scalars.js';
import { named, object, optional } from './shape.js';

export const memoryPolicyModes = [
	'MPOL_DEFAULT',
	'MPOL_BIND',
	'MPOL_INTERLEAVE',
	'MPOL_WEIGHTED_INTERLEAVE',
	'MPOL_PREFERRED',
	'MPOL_PREFERRED_MANY',
	'MPOL_LOCAL',
] as const;

export const memoryPolicyFlags = ['MPOL_F_NUMA_BALANCING', 'MPOL_F_RELATIVE_NODES', 'MPOL_F_STATIC_NODES'] as const;

export const memoryPolicySchema = object({
	mode: named('memory policy mode', oneOf(memoryPolicyModes)),
	nodes: optional(named('memory policy node', numberList)),
	flags: optional(named('memory policy flag', namesOf(memoryPolicyFlags))),
});
