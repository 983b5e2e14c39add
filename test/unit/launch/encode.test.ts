import { encodeProgram } from '../../../lib/launch/encode.js';
import { host, init, type Step } from '../../../lib/plan/step.js';
import type { Seccomp } from '../../../lib/spec/types.js';
import { planOf } from './plan-of.js';

const head = 16;
const recordHead = 12;

function encoded(step: Step, slots: ReadonlyMap<string, number | null> = new Map()): Buffer {
	return Buffer.from(encodeProgram(planOf(step), { slots, compileSeccomp: () => Uint8Array.of(1, 2, 3) }));
}

/** The fields of a program of one operation. */
const fieldsOf = (...args: Parameters<typeof encoded>): number[] => [...encoded(...args).subarray(head + recordHead)];

test('text has its length in bytes before it and a NUL behind it', () => {
	expect(fieldsOf(init('hostname', { name: 'bä' }))).toEqual([3, 0, 0, 0, 0x62, 0xc3, 0xa4, 0]);
	expect(fieldsOf(init('hostname', { name: '' }))).toEqual([0, 0, 0, 0, 0]);
});

test('numbers are little-endian, negative ones in two’s complement', () => {
	const zero = { policy: 0, priority: 0, flags: 0n, runtime: 0n, deadline: 0n, period: 0n };
	expect(fieldsOf(init('scheduler', { ...zero, nice: -2n })).slice(4, 12)).toEqual([254, ...Array(7).fill(255)]);
	expect(fieldsOf(init('unshare', { flags: 2n ** 64n - 2n }))).toEqual([254, ...Array(7).fill(255)]);
	expect(fieldsOf(init('umask', { mode: 0xffffffff }))).toEqual([255, 255, 255, 255]);
});

test('descriptors are their places in the list that is handed over', () => {
	const step = init('join_namespaces', { fds: ['b', 'a'], types: [7], paths: [] });
	const slots = new Map([
		['a', 0],
		['b', 1],
	]);
	expect(fieldsOf(step, slots)).toEqual([2, 1, 0, 1, 7, 0].flatMap((word) => [word, 0, 0, 0]));
});

test('a descriptor that init opens itself is none', () => {
	const none = { set: 0n, clear: 0n, rec_set: 0n, rec_clear: 0n, propagation: [], flags: 0 };
	const step = init('bind', { destination: '', source: '', fallback: '', tree: 'a', ...none });
	expect(fieldsOf(step, new Map([['a', null]])).slice(15, 19)).toEqual([255, 255, 255, 255]);
});

test('a descriptor that nobody opens is a fault of the plan', () => {
	expect(() => encoded(init('wait_start', { listener: 'start' }))).toThrow(
		new RangeError('the plan uses the descriptor start and never opens it'),
	);
});

test('a profile goes through the compiler, a program as it is', () => {
	const profile: Seccomp = { defaultAction: 'SCMP_ACT_ALLOW' };
	expect(fieldsOf(init('seccomp', { filter: profile, flags: 0, notify: 0 })).slice(0, 7)).toEqual([
		3, 0, 0, 0, 1, 2, 3,
	]);
	expect(fieldsOf(init('seccomp', { filter: Uint8Array.of(9), flags: 0, notify: 0 })).slice(0, 5)).toEqual([
		1, 0, 0, 0, 9,
	]);
});

test('the host’s steps are counted and left out, so that a fault names a step of the plan', () => {
	const plan = planOf(host('record', {}), init('loopback', {}), host('record', {}), init('new_session', {}));
	const bytes = Buffer.from(encodeProgram(plan, { slots: new Map(), compileSeccomp: () => new Uint8Array() }));
	expect(bytes.readUInt32LE(8)).toBe(2);
	expect([bytes.readUInt32LE(head + 4), bytes.readUInt32LE(head + recordHead + 4)]).toEqual([1, 3]);
});

test('a program larger than any first guess', () => {
	const env = Array.from({ length: 3000 }, (_, index) => `VARIABLE_${index}=${'ä'.repeat(index % 50)}`);
	const bytes = encoded(init('exec', { args: ['x'.repeat(100_000)], env }));
	const fields = bytes.readUInt32LE(head + 8);
	expect(bytes.length).toBe(head + recordHead + fields);
	const texts = env.reduce((sum, text) => sum + 4 + Buffer.byteLength(text) + 1, 0);
	expect(fields).toBe(4 + (4 + 100_000 + 1) + 4 + texts);
});

test('many records of nothing but numbers have room', () => {
	const barriers = Array.from({ length: 2000 }, () => init('barrier', { id: 7 }));
	expect(encodeProgram(planOf(...barriers), { slots: new Map(), compileSeccomp: () => new Uint8Array() })).toHaveLength(
		16 + 2000 * (12 + 4),
	);
});

test('a number that is too large for its field is refused, not cut', () => {
	expect(() => encoded(init('umask', { mode: 2 ** 32 }))).toThrow('out of range');
	expect(() => encoded(init('unshare', { flags: 2n ** 64n }))).toThrow('out of range');
});

test('the head says whether times are wanted', () => {
	const flags = (timed: boolean) =>
		Buffer.from(
			encodeProgram(planOf(), { slots: new Map(), compileSeccomp: () => new Uint8Array(), timed }),
		).readUInt32LE(12);
	expect([flags(false), flags(true)]).toEqual([0, 1]);
});
