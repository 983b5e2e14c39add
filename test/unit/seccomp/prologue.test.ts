import { constants } from 'node:os';
import { encodeInstructions } from '../../../lib/seccomp/bpf.js';
import { type ArchitectureCalls, prologue } from '../../../lib/seccomp/prologue.js';
import { interpret } from './interpreter.js';

const x86_64 = 0xc000003e;
const i386 = 0x40000003;
const x32 = 0x4000003e;
const s390x = 0x80000016;
const aarch64 = 0xc00000b7;
const noSuchCall = 0x00050000 + constants.errno.ENOSYS;
/** Stands for the filter behind the prologue. */
const filter = 0x7fff1234;

function answerTo(calls: readonly ArchitectureCalls[], architecture: number, number: number): number {
	const end = { code: 6, jt: 0, jf: 0, k: filter };
	return interpret(encodeInstructions([...prologue(calls), end]), { architecture, number });
}

const defaultAction = 0x00050001;

/** `decided`: actions of calls without conditions. */
const knows = (architecture: number, newest: number | undefined, decided: [number, number][] = []) => ({
	architecture,
	newest,
	decided: new Map(decided.map(([number, action]) => [number, [{ name: '', action, conditions: [] }]])),
	defaultAction,
});

test('calls beyond the newest one of the profile do not exist, on each architecture by its own numbers', () => {
	const calls = [knows(x86_64, 334), knows(i386, 386)];
	expect(answerTo(calls, x86_64, 334)).toBe(filter);
	expect(answerTo(calls, x86_64, 335)).toBe(noSuchCall);
	expect(answerTo(calls, i386, 335)).toBe(filter);
	expect(answerTo(calls, i386, 386)).toBe(filter);
	expect(answerTo(calls, i386, 387)).toBe(noSuchCall);
});

test('the filter decides about architectures the profile does not have', () => {
	expect(answerTo([knows(x86_64, 10)], aarch64, 11)).toBe(filter);
	expect(answerTo([], x86_64, 11)).toBe(filter);
});

test('x32 shares its architecture with x86-64, and is told from it by a bit of the number', () => {
	const bit = 0x40000000;
	const both = [knows(x86_64, 334), knows(x32, bit + 500)];
	expect(answerTo(both, x86_64, 400)).toBe(noSuchCall);
	expect(answerTo(both, x86_64, bit + 400)).toBe(filter);
	expect(answerTo(both, x86_64, bit + 501)).toBe(noSuchCall);
	// Without x32 the filter kills what comes by it, whatever the number.
	expect(answerTo([knows(x86_64, 334)], x86_64, bit + 400)).toBe(filter);
	expect(answerTo([knows(x86_64, undefined), knows(x32, bit + 5)], x86_64, bit + 6)).toBe(noSuchCall);
	expect(answerTo([knows(x86_64, undefined), knows(x32, bit + 5)], x86_64, 1000)).toBe(filter);
	expect(answerTo([knows(x86_64, 5), knows(x32, undefined)], x86_64, 6)).toBe(noSuchCall);
	expect(answerTo([knows(x86_64, 5), knows(x32, undefined)], x86_64, bit + 6)).toBe(filter);
});

test('a profile without a call of an architecture knows nothing of the age of its calls', () => {
	expect(answerTo([knows(x86_64, undefined)], x86_64, 100_000)).toBe(filter);
	expect(prologue([knows(x86_64, undefined), knows(i386, undefined)])).toEqual([]);
});

test('calls that are decided about do not reach the filter', () => {
	const allow = 0x7fff0000;
	const calls = [
		knows(x86_64, 457, [
			[457, allow],
			[451, 0x50001],
		]),
		knows(aarch64, undefined, [[462, allow]]),
	];
	expect(answerTo(calls, x86_64, 457)).toBe(allow);
	expect(answerTo(calls, x86_64, 451)).toBe(0x50001);
	expect(answerTo(calls, x86_64, 452)).toBe(filter);
	expect(answerTo(calls, x86_64, 458)).toBe(noSuchCall);
	expect(answerTo(calls, aarch64, 462)).toBe(allow);
	expect(answerTo(calls, aarch64, 463)).toBe(filter);
});

test('on s390x an unknown call arrives as number 0', () => {
	expect(answerTo([knows(s390x, 386)], s390x, 0)).toBe(noSuchCall);
	expect(answerTo([knows(s390x, 386)], s390x, 1)).toBe(filter);
	expect(answerTo([knows(x86_64, 386)], x86_64, 0)).toBe(filter);
});
