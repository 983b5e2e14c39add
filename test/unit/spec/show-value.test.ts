import { fraction } from '../../../lib/spec/json/fraction.js';
import { showValue } from '../../../lib/spec/show-value.js';

test.each([
	[undefined, 'nothing'],
	[null, 'null'],
	[true, 'true'],
	[7, '7'],
	[2n ** 64n, '18446744073709551616'],
	[fraction('1.50'), '1.50'],
	[[], 'an empty array'],
	[[1], 'an array'],
	[{}, 'an object'],
	['a "b"\u001b[2J', '"a \\"b\\"\\u001b[2J"'],
])('%p', (value, words) => {
	expect(showValue(value)).toBe(words);
});

test('what is long is cut', () => {
	expect(showValue('x'.repeat(61))).toBe(`"${'x'.repeat(60)}..."`);
	expect(showValue('x'.repeat(60))).toBe(`"${'x'.repeat(60)}"`);
	expect(showValue(fraction(`0.${'1'.repeat(100)}`))).toHaveLength(63);
});
