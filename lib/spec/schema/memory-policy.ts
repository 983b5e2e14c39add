import { optionalNumberList } from './number-list.js';
import { oneOf, optionalNames } from './scalars.js';
import { object } from './shape.js';

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
	mode: oneOf(memoryPolicyModes),
	nodes: optionalNumberList,
	flags: optionalNames(memoryPolicyFlags),
});
