import * as fc from 'fast-check';
import { marshal } from '../../../lib/dbus/marshal.js';
import { parseSignature } from '../../../lib/dbus/signature.js';
import { unmarshal } from '../../../lib/dbus/unmarshal.js';
import type { DBusValue } from '../../../lib/dbus/value.js';

const hex = (signature: string, ...values: DBusValue[]) => Buffer.from(marshal(signature, values)).toString('hex');

test('every value is aligned to its size', () => {
	expect(hex('yu', 1, 2)).toBe('0100000002000000');
	expect(hex('yt', 1, 2n)).toBe('01000000000000000200000000000000');
	expect(hex('b', true)).toBe('01000000');
	expect(hex('n', -2)).toBe('feff');
	expect(hex('x', -1n)).toBe('ffffffffffffffff');
	expect(hex('t', 2n ** 64n - 1n)).toBe('ffffffffffffffff');
});

test('texts have a length in front and a zero behind', () => {
	expect(hex('s', 'hé')).toBe('0300000068c3a900');
	expect(hex('g', 'a(sv)')).toBe('05612873762900');
	expect(hex('s', '')).toBe('0000000000');
});

test('the length of an array does not count what aligns its first element', () => {
	expect(hex('ay', [1, 2])).toBe('020000000102');
	expect(hex('at', [1n])).toBe('08000000000000000100000000000000');
	expect(hex('a(st)', [])).toBe('0000000000000000');
});

test('a variant brings its type', () => {
	expect(hex('v', { signature: 'u', value: 7 })).toBe('0175000007000000');
	expect(hex('(sv)', ['n', { signature: 'b', value: true }])).toBe('010000006e0001620000000001000000');
});

test('what a variable-length list needs more room for is there', () => {
	const long = 'x'.repeat(10_000);
	expect(unmarshal('as', marshal('as', [[long, long]]))).toEqual([[long, long]]);
});

test.each([
	['y', 256],
	['y', -1],
	['y', 1.5],
	['n', 40_000],
	['u', -1],
	['t', -1n],
	['x', 2n ** 63n],
	['t', 1],
	['s', 1],
	['s', 'zero\0'],
	['b', 1],
	['(uu)', [1]],
	['a{su}', [['a']]],
	['v', 'bare'],
	['v', { signature: 'ss', value: 'two' }],
	['as', 'text'],
] as const)('%s cannot be %p', (signature, value) => {
	expect(() => marshal(signature, [value as DBusValue])).toThrow(expect.objectContaining({ code: 'ERR_DBUS' }));
});

test('as many values as types', () => {
	expect(() => marshal('ss', ['one'])).toThrow(expect.objectContaining({ code: 'ERR_DBUS' }));
});

test.each(['a', '(', '()', '{s}', 'a{s}', 'z', '(s', `${'a'.repeat(40)}s`, 's'.repeat(256)])(
	'%s is no signature',
	(signature) => {
		expect(() => parseSignature(signature)).toThrow(expect.objectContaining({ code: 'ERR_DBUS' }));
	},
);

const leaf: fc.Arbitrary<[string, fc.Arbitrary<DBusValue>]> = fc.constantFrom(
	['y', fc.integer({ min: 0, max: 255 })],
	['n', fc.integer({ min: -32_768, max: 32_767 })],
	['q', fc.integer({ min: 0, max: 65_535 })],
	['i', fc.integer()],
	['u', fc.nat()],
	['x', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
	['t', fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
	['d', fc.double({ noNaN: true })],
	['b', fc.boolean()],
	['s', fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))],
);

/** A type with values of it. */
const typed = fc.letrec<{ any: [string, fc.Arbitrary<DBusValue>] }>((tie) => ({
	any: fc.oneof(
		{ maxDepth: 4, withCrossShrink: true },
		leaf,
		tie('any').map(([type, values]): [string, fc.Arbitrary<DBusValue>] => [
			`a${type}`,
			fc.array(values, { maxLength: 4 }),
		]),
		fc
			.array(tie('any'), { minLength: 1, maxLength: 3 })
			.map((members): [string, fc.Arbitrary<DBusValue>] => [
				`(${members.map(([type]) => type).join('')})`,
				fc.tuple(...members.map(([, values]) => values)),
			]),
		tie('any').map(([signature, values]): [string, fc.Arbitrary<DBusValue>] => [
			'v',
			values.map((value) => ({ signature, value })),
		]),
	),
}));

test('what is written is read as it was', () => {
	const samples = typed.any.chain(([type, values]) => values.map((value) => ({ type, value })));
	fc.assert(
		fc.property(fc.array(samples, { maxLength: 4 }), (list) => {
			const signature = list.map(({ type }) => type).join('');
			fc.pre(signature.length <= 255);
			const values = list.map(({ value }) => value);
			expect(unmarshal(signature, marshal(signature, values))).toEqual(values);
		}),
	);
});

test('bytes that are cut short are an error, and never a value', () => {
	const bytes = marshal('sa(uv)', ['abc', [[1, { signature: 's', value: 'text' }]]]);
	for (let length = 0; length < bytes.length; length++) {
		expect(() => unmarshal('sa(uv)', bytes.subarray(0, length))).toThrow(expect.objectContaining({ code: 'ERR_DBUS' }));
	}
});

test('the other byte order is read as well', () => {
	expect(unmarshal('ub', Uint8Array.from([0, 0, 1, 0, 0, 0, 0, 1]), false)).toEqual([256, true]);
});
