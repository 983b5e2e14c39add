import type { Rule } from '../fault.js';
import type { MemoryPolicy, Spec } from '../types.js';

const withoutNodes: readonly MemoryPolicy['mode'][] = ['MPOL_DEFAULT', 'MPOL_LOCAL'];
const withNodes: readonly MemoryPolicy['mode'][] = [
	'MPOL_BIND',
	'MPOL_INTERLEAVE',
	'MPOL_PREFERRED_MANY',
	'MPOL_WEIGHTED_INTERLEAVE',
];

/** set_mempolicy(2) answers EINVAL to these. */
export const memoryPolicyNodes: Rule<Spec> = function* (spec) {
	const policy = spec.linux?.memoryPolicy;
	if (policy === undefined) return;
	const pointer = '/linux/memoryPolicy/nodes';
	const nodes = policy.nodes?.trim() ?? '';
	if (nodes !== '' && withoutNodes.includes(policy.mode)) {
		yield { pointer, message: `${policy.mode} mode requires 0 nodes but got ${count(nodes)}` };
	}
	if (nodes === '' && withNodes.includes(policy.mode)) {
		yield { pointer, message: `must name at least one node for ${policy.mode}` };
	}
};

/** How many numbers a list such as `0-3,7` has. */
function count(list: string): number {
	const sizes = list.split(',').map((range) => {
		const [first, last = first] = range.split('-').map(Number);
		return first === undefined || last === undefined ? 0 : last - first + 1;
	});
	return sizes.reduce((sum, size) => sum + size, 0);
}

export const memoryPolicyFlags: Rule<Spec> = function* (spec) {
	const { mode, flags = [] } = spec.linux?.memoryPolicy ?? {};
	const pointer = '/linux/memoryPolicy/flags';
	if (flags.includes('MPOL_F_STATIC_NODES') && flags.includes('MPOL_F_RELATIVE_NODES')) {
		yield { pointer, message: 'must not have MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES together' };
	}
	// MPOL_PREFERRED_MANY came later, with Linux 6.9.
	const balanced = mode === 'MPOL_BIND' || mode === 'MPOL_PREFERRED_MANY';
	if (flags.includes('MPOL_F_NUMA_BALANCING') && !balanced) {
		yield { pointer, message: `must not have MPOL_F_NUMA_BALANCING with ${mode}` };
	}
};
