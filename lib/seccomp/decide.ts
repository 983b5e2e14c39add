import { and, answer, branch, field, type Instruction, load, when } from './bpf.js';
import type { Condition, Rule } from './rules.js';

/**
 * Instructions that decide about one call. They follow the load of its number, and leave that in place for what comes
 * after them if it is another one.
 *
 * @param wide whether arguments have 64 bits; otherwise only the lower half is looked at, as libseccomp does
 * @param otherwise the action when no rule's conditions hold
 */
export function decide(number: number, rules: readonly Rule[], wide: boolean, otherwise: number): Instruction[] {
	return when('equal', number, [...rules.flatMap((rule) => ruleCode(rule, wide)), answer(otherwise)]);
}

// The conditions, and the action behind them; each condition jumps over what follows it when it does not hold.
function ruleCode({ action, conditions }: Rule, wide: boolean): Instruction[] {
	const code = [answer(action)];
	for (const condition of conditions) code.unshift(...conditionCode(condition, wide, code.length));
	return code;
}

const half = 32n;
const lowHalf = 0xffff_ffffn;
const lowFirst = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Goes on behind itself where the condition holds, and `rest` instructions further where it does not. */
function conditionCode({ argument, operator, first, second }: Condition, wide: boolean, rest: number): Instruction[] {
	const [low, high] = [first & lowHalf, first >> half].map(Number) as [number, number];
	const base = field.args + argument * 8;
	const [loadLow, loadHigh] = lowFirst ? [load(base), load(base + 4)] : [load(base + 4), load(base)];
	const equal = (k: number, fail: number) => branch('equal', k, 0, fail);
	switch (operator) {
		case 'NE':
			if (!wide) return [loadLow, branch('equal', low, rest, 0)];
			return [loadHigh, branch('equal', high, 0, 2), loadLow, branch('equal', low, rest, 0)];
		case 'EQ':
			if (!wide) return [loadLow, equal(low, rest)];
			return [loadHigh, equal(high, rest + 2), loadLow, equal(low, rest)];
		case 'MASKED_EQ': {
			const value = second & first;
			const lower = [loadLow, and(low), equal(Number(value & lowHalf), rest)];
			return wide ? [loadHigh, and(high), equal(Number(value >> half), rest + lower.length), ...lower] : lower;
		}
		case 'GT':
		case 'GE': {
			const lower = [loadLow, branch(operator === 'GT' ? 'greater' : 'atLeast', low, 0, rest)];
			if (!wide) return lower;
			return [loadHigh, branch('greater', high, 3, 0), equal(high, rest + 2), ...lower];
		}
		case 'LT':
		case 'LE': {
			const lower = [loadLow, branch(operator === 'LE' ? 'greater' : 'atLeast', low, rest, 0)];
			if (!wide) return lower;
			return [loadHigh, branch('greater', high, rest + 3, 0), equal(high, 2), ...lower];
		}
	}
}
