import fc from 'fast-check';
import { bitWords, parseCpuList } from '../../../lib/plan/number-list.js';

test.each([
	['', []],
	[' ', []],
	['0', [0]],
	['0-3,7', [0, 1, 2, 3, 7]],
	[' 1 , 3-4 ', [1, 3, 4]],
	['7,0', [7, 0]],
	['5-5', [5]],
	['1,1-2', [1, 1, 2]],
])('the list %j', (text, numbers) => {
	expect(parseCpuList(text)).toEqual(numbers);
});

test.each([
	[[], []],
	[[0], [1n]],
	[[0, 1, 2, 3, 7], [0x8fn]],
	[[63], [0x8000000000000000n]],
	[[64], [0n, 1n]],
	[
		[130, 0, 0],
		[1n, 0n, 4n],
	],
])('the mask of %j', (numbers, words) => {
	expect(bitWords(numbers)).toEqual(words);
});

test('a mask has the bits of its numbers and no others', () => {
	fc.assert(
		fc.property(fc.uniqueArray(fc.nat(5000), { maxLength: 50 }), (numbers) => {
			const bits = bitWords(numbers).flatMap((word, index) =>
				Array.from({ length: 64 }, (_, bit) => bit)
					.filter((bit) => (word >> BigInt(bit)) & 1n)
					.map((bit) => index * 64 + bit),
			);
			expect(bits).toEqual(numbers.toSorted((a, b) => a - b));
		}),
	);
});

test('the longest list that the specification lets in', () => {
	const words = bitWords(parseCpuList('0-999999'));
	expect(words).toHaveLength(15625);
	expect(words.every((word) => word === 0xffffffffffffffffn)).toBe(true);
});
