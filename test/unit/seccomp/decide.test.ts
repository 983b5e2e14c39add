import fc from 'fast-check';
import { answer, encodeInstructions, field, load } from '../../../lib/seccomp/bpf.js';
import { decide } from '../../../lib/seccomp/decide.js';
import { decisionsOf } from '../../../lib/seccomp/decisions.js';
import type { Condition, Operator, Rule } from '../../../lib/seccomp/rules.js';
import { interpret } from './interpreter.js';

const otherCall = 0x7fff4321;
const otherwise = 0x00050001;

const compiled = (rules: readonly Rule[], wide: boolean): Uint8Array =>
	encodeInstructions([load(field.number), ...decide(5, rules, wide, otherwise), answer(otherCall)]);

const answerOf = (program: Uint8Array, args: readonly bigint[], number = 5): number =>
	interpret(program, { number, architecture: 0, args });

function outcome(rules: readonly Rule[], args: bigint[], wide = true, number = 5): number {
	return answerOf(compiled(rules, wide), args, number);
}

const interesting = [0n, 1n, 5n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 32n + 5n, 2n ** 63n, 2n ** 64n - 1n];
const operators: readonly Operator[] = ['NE', 'LT', 'LE', 'EQ', 'GE', 'GT', 'MASKED_EQ'];
const value = fc.oneof(fc.constantFrom(...interesting), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const condition: fc.Arbitrary<Condition> = fc.record({
	argument: fc.nat(2),
	operator: fc.constantFrom(...operators),
	first: value,
	second: value,
});
const conditions = fc.array(condition, { minLength: 1, maxLength: 4 });

function holds({ argument, operator, first, second }: Condition, args: readonly bigint[], mask: bigint): boolean {
	const [actual, wanted, other] = [args[argument] ?? 0n, first, second].map((word) => word & mask) as [
		bigint,
		bigint,
		bigint,
	];
	const answers: Record<Operator, boolean> = {
		NE: actual !== wanted,
		LT: actual < wanted,
		LE: actual <= wanted,
		EQ: actual === wanted,
		GE: actual >= wanted,
		GT: actual > wanted,
		MASKED_EQ: (actual & wanted) === (other & wanted),
	};
	return answers[operator];
}

test.each([
	[true, 2n ** 64n - 1n],
	[false, 2n ** 32n - 1n],
])('the first rule all of whose conditions hold decides; wide arguments: %s', (wide, mask) => {
	fc.assert(
		fc.property(
			fc.array(conditions, { minLength: 1, maxLength: 4 }),
			fc.array(value, { minLength: 3, maxLength: 3 }),
			fc.bigInt({ min: -1n, max: 1n }),
			(all, random, step) => {
				const rules = all.map((list, index) => ({ name: 'x', action: 0x10 + index, conditions: list }));
				// Next to the borders, where mistakes are.
				const near = all[0]?.map(({ first }) => BigInt.asUintN(64, first + step)) ?? [];
				for (const args of [random, [near[0] ?? 0n, near[1] ?? 1n, near[2] ?? 2n]]) {
					const hit = rules.find((rule) => rule.conditions.every((one) => holds(one, args, mask)));
					expect(outcome(rules, args, wide)).toBe(hit?.action ?? otherwise);
				}
			},
		),
		{ numRuns: 500 },
	);
});

// Everything there is of one condition: each operator on each border, with the values on and beside every one of them.
describe.each([
	['64 bits', true, 2n ** 64n - 1n],
	['32 bits', false, 2n ** 32n - 1n],
])('of %s', (_title, wide, mask) => {
	const beside = [
		...new Set(interesting.flatMap((one) => [-1n, 0n, 1n].map((step) => BigInt.asUintN(64, one + step)))),
	];

	test.each(operators)('%s', (operator) => {
		const wrong: unknown[] = [];
		for (const first of interesting) {
			for (const second of operator === 'MASKED_EQ' ? interesting : [0n]) {
				const condition: Condition = { argument: 1, operator, first, second };
				const program = compiled([{ name: 'x', action: 0x10, conditions: [condition] }], wide);
				for (const actual of beside) {
					const answered = answerOf(program, [0n, actual]) === 0x10;
					if (answered !== holds(condition, [0n, actual], mask)) wrong.push({ first, second, actual });
				}
			}
		}
		expect(wrong).toEqual([]);
	});

	const few = [0n, 1n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 64n - 1n];
	const pairs = operators.flatMap((one) => operators.map((other): [Operator, Operator] => [one, other]));

	// What libseccomp 2.5 makes mistakes with: conditions on two arguments of a call, and two rules for it.
	test.each(pairs)('%s and %s, and one or the other', (one, other) => {
		const wrong: unknown[] = [];
		for (const first of few) {
			for (const second of few) {
				const left: Condition = { argument: 0, operator: one, first, second: first };
				const right: Condition = { argument: 2, operator: other, first: second, second: 1n };
				const both = compiled([{ name: 'x', action: 0x10, conditions: [left, right] }], wide);
				const either = compiled(
					[left, right].map((single): Rule => ({ name: 'x', action: 0x10, conditions: [single] })),
					wide,
				);
				for (const args of few.flatMap((a) => few.map((b) => [a, 0n, b]))) {
					const [isLeft, isRight] = [holds(left, args, mask), holds(right, args, mask)];
					if ((answerOf(both, args) === 0x10) !== (isLeft && isRight)) wrong.push({ left, right, args });
					if ((answerOf(either, args) === 0x10) !== (isLeft || isRight)) wrong.push({ left, or: right, args });
				}
			}
		}
		expect(wrong).toEqual([]);
	});
});

test('other calls pass on, however much is said about this one', () => {
	const rules = Array.from(
		{ length: 100 },
		(_, index): Rule => ({
			name: 'x',
			action: 0x10,
			conditions: [{ argument: 0, operator: 'EQ', first: BigInt(index) << 32n, second: 0n }],
		}),
	);
	expect(outcome(rules, [99n << 32n])).toBe(0x10);
	expect(outcome(rules, [100n << 32n])).toBe(otherwise);
	expect(outcome(rules, [0n], true, 6)).toBe(otherCall);
});

test('a rule without conditions makes the others of its call void, and the first such one counts', () => {
	const rule = (name: string, action: number, ...list: Condition[]): Rule => ({ name, action, conditions: list });
	const some: Condition = { argument: 0, operator: 'EQ', first: 1n, second: 0n };
	const rules = [rule('a', 1, some), rule('b', 2, some), rule('a', 3), rule('b', 4, some), rule('a', 5)];
	expect(decisionsOf(rules)).toEqual([
		{ name: 'a', rules: [rule('a', 3)] },
		{ name: 'b', rules: [rule('b', 2, some), rule('b', 4, some)] },
	]);
});
