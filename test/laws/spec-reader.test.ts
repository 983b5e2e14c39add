import fc from 'fast-check';
import { fractionText, isFraction } from '../../lib/spec/json/fraction.js';
import { JsonReader, JsonSyntaxError } from '../../lib/spec/json/reader.js';

/** What JSON.parse would have made of an exactly read value. */
function rounded(value: unknown): unknown {
	if (isFraction(value)) return Number(fractionText(value));
	if (typeof value === 'bigint') return Number(value);
	if (Array.isArray(value)) return value.map(rounded);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, rounded(member)]));
}

/** The value, or the class of the error. */
function attempt(read: () => unknown): unknown {
	try {
		return { value: read() };
	} catch (error) {
		if (error instanceof SyntaxError || error instanceof JsonSyntaxError) return 'not JSON';
		throw error;
	}
}

test('the exact reader reads what JSON.parse reads', () => {
	fc.assert(
		fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom('', ' ', '\t', 2), (text, indent) => {
			const spaced = JSON.stringify(JSON.parse(text), null, indent);
			expect(rounded(new JsonReader(spaced).read())).toEqual(rounded(JSON.parse(spaced)));
		}),
	);
});

test('the exact reader refuses what JSON.parse refuses', () => {
	const broken = fc
		.tuple(
			fc.json({ maxDepth: 3 }),
			fc.nat(),
			fc.constantFrom('', '"', '\\', '{', ']', ',', ':', '0', '.', '-', 'e', '\n', 't'),
		)
		.map(([text, seed, piece]) => {
			const at = seed % (text.length + 1);
			return text.slice(0, at) + piece + text.slice(piece === '' ? at + 1 : at);
		});
	fc.assert(
		fc.property(broken, (text) => {
			const exact = attempt(() => rounded(new JsonReader(text).read()));
			expect(exact).toEqual(attempt(() => rounded(JSON.parse(text))));
		}),
		{ numRuns: 2000 },
	);
});
