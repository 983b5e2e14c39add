import fc from 'fast-check';
import { JsonDocument } from '../../../lib/spec/json/document.js';
import { jsonText } from '../../../lib/spec/json/text.js';

test('integers of any size survive, members without a value do not', () => {
	expect(jsonText({ a: 2n ** 64n - 1n, b: [-1n, 2, 'x"\n'], c: undefined, d: { e: null, f: true } })).toBe(
		'{"a":18446744073709551615,"b":[-1,2,"x\\"\\n"],"d":{"e":null,"f":true}}',
	);
});

test('what is written is read back', () => {
	const leaf = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), fc.string(), fc.boolean());
	const name = fc.string().filter((text) => text !== '__proto__');
	const value = fc.dictionary(name, fc.oneof(leaf, fc.array(leaf), fc.dictionary(name, leaf)));
	fc.assert(
		fc.property(value, (written) => {
			const read = JsonDocument.read(jsonText(written), 'text').value;
			const plain = (node: unknown): unknown =>
				JSON.parse(JSON.stringify(node, (_, member) => (typeof member === 'bigint' ? `${member}` : member)));
			const numbersAsText = (node: unknown): unknown =>
				JSON.parse(
					JSON.stringify(node, (_, member) =>
						typeof member === 'number' || typeof member === 'bigint' ? `${member}` : member,
					),
				);
			expect(numbersAsText(read)).toEqual(plain(written));
		}),
	);
});
