import type { Seccomp, SeccompSyscall } from '../spec/types.js';
import { actionNumber } from './actions.js';

export type Operator = 'NE' | 'LT' | 'LE' | 'EQ' | 'GE' | 'GT' | 'MASKED_EQ';

/** One comparison of an argument: with `first`, or, of MASKED_EQ, under the mask `first` with `second`. */
export interface Condition {
	readonly argument: number;
	readonly operator: Operator;
	readonly first: bigint;
	readonly second: bigint;
}

/** All conditions hold: the action is taken. */
export interface Rule {
	readonly name: string;
	readonly action: number;
	readonly conditions: readonly Condition[];
}

/** A profile in the kernel's numbers; calls still by their names. */
export interface RuleSet {
	readonly defaultAction: number;
	readonly rules: readonly Rule[];
	/** Every name of the profile, those of skipped rules too: its author knew of these calls. */
	readonly names: readonly string[];
}

/**
 * The rules of a profile. A rule with the default action says nothing, and libseccomp refuses it (EACCES).
 *
 * @throws ConfigError ERR_CONFIG_INVALID when an errno does not fit its action
 */
export function rulesOf({ defaultAction, defaultErrnoRet, syscalls = [] }: Seccomp): RuleSet {
	const byDefault = actionNumber(defaultAction, defaultErrnoRet, '/linux/seccomp/defaultErrnoRet');
	const names = new Set<string>();
	const rules: Rule[] = [];
	for (const [index, syscall] of syscalls.entries()) {
		for (const name of syscall.names) names.add(name);
		const action = actionNumber(syscall.action, syscall.errnoRet, `/linux/seccomp/syscalls/${index}/errnoRet`);
		if (action === byDefault) continue;
		const alternatives = conditionSets(syscall);
		for (const name of syscall.names) for (const conditions of alternatives) rules.push({ name, action, conditions });
	}
	return { defaultAction: byDefault, rules, names: [...names] };
}

// An argument that occurs twice makes each condition a rule of its own, any of which is enough: profiles were written
// for runc when it did so with all of them.
function conditionSets({ args = [] }: SeccompSyscall): Condition[][] {
	const conditions = args.map(
		({ index, op, value, valueTwo }): Condition => ({
			argument: index,
			operator: op.slice('SCMP_CMP_'.length) as Operator,
			first: value,
			second: valueTwo ?? 0n,
		}),
	);
	const repeated = new Set(conditions.map(({ argument }) => argument)).size < conditions.length;
	return repeated ? conditions.map((condition) => [condition]) : [conditions];
}
