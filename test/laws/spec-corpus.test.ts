import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { ConfigError } from '../../lib/errors/index.js';
import { fixtureRoot } from '../golden/fixture.js';
import { parseSpec } from '../harness/parse-spec.js';

/** All configs of the golden tests, the invalid ones too: what a mutation begins with. */
const corpus = readdirSync(fixtureRoot, { recursive: true, withFileTypes: true })
	.filter((entry) => entry.name === 'config.json')
	.map((entry) => readFileSync(join(entry.parentPath, entry.name)));

/** What libFuzzer does to its inputs, with a dictionary: places are fractions of the length. */
type Edit =
	| { readonly kind: 'cut'; readonly at: number; readonly length: number }
	| { readonly kind: 'put'; readonly at: number; readonly bytes: Uint8Array }
	| {
			readonly kind: 'copy';
			readonly at: number;
			readonly from: Buffer;
			readonly start: number;
			readonly length: number;
	  }
	| { readonly kind: 'flip'; readonly at: number; readonly bit: number }
	| { readonly kind: 'token'; readonly at: number; readonly token: string };

const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/g;
const vocabulary = [...new Set(corpus.flatMap((bytes) => bytes.toString('utf8').match(token) ?? []))];

// fc.double prefers what is next to 0 and 1.
const place = fc.nat(9_999).map((part) => part / 10_000);
const words = [
	'{',
	'}',
	'[',
	']',
	',',
	':',
	'"',
	'\\',
	'\0',
	'-',
	'1e309',
	'18446744073709551616',
	'null',
	'"__proto__":{},',
];
const edits: fc.Arbitrary<Edit> = fc.oneof(
	fc.record({ kind: fc.constant('cut' as const), at: place, length: fc.nat(200) }),
	fc.record({
		kind: fc.constant('put' as const),
		at: place,
		bytes: fc.oneof(
			fc.constantFrom(...words).map((word) => Buffer.from(word)),
			fc.uint8Array({ minLength: 1, maxLength: 8 }),
		),
	}),
	fc.record({
		kind: fc.constant('copy' as const),
		at: place,
		from: fc.constantFrom(...corpus),
		start: place,
		length: fc.nat(400),
	}),
	fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat(7) }),
	// The text stays JSON as a rule, and gets further than to the reader.
	{
		weight: 12,
		arbitrary: fc.record({
			kind: fc.constant('token' as const),
			at: place,
			token: fc.constantFrom(
				...vocabulary,
				'0',
				'-1',
				'4294967296',
				'18446744073709551616',
				'1.5',
				'""',
				'"\\u0000"',
				'"../.."',
			),
		}),
	},
);

function edited(bytes: Buffer, edit: Edit): Buffer {
	const at = Math.floor(edit.at * bytes.length);
	const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
	switch (edit.kind) {
		case 'cut':
			return Buffer.concat([before, after.subarray(edit.length)]);
		case 'put':
			return Buffer.concat([before, edit.bytes, after]);
		case 'copy': {
			const start = Math.floor(edit.start * edit.from.length);
			return Buffer.concat([before, edit.from.subarray(start, start + edit.length), after]);
		}
		case 'token': {
			const text = bytes.toString('utf8');
			const found = [...text.matchAll(token)][Math.floor(edit.at * (text.match(token)?.length ?? 0))];
			if (found === undefined) return bytes;
			return Buffer.from(text.slice(0, found.index) + edit.token + text.slice(found.index + found[0].length));
		}
		case 'flip':
			return Buffer.concat([before, Buffer.from([(after[0] ?? 0) ^ (1 << edit.bit)]), after.subarray(1)]);
	}
}

test('there is a corpus', () => {
	expect(corpus.length).toBeGreaterThan(150);
});

test('a config with bytes changed ends in a spec or in faults with places inside the text, soon', () => {
	let [accepted, refused] = [0, 0];
	fc.assert(
		fc.property(fc.constantFrom(...corpus), fc.array(edits, { minLength: 1, maxLength: 3 }), (seed, changes) => {
			const text = changes.reduce(edited, seed).toString('utf8');
			const lines = text.split('\n').length;
			try {
				parseSpec(text, 'config.json');
				accepted++;
			} catch (error) {
				if (!(error instanceof ConfigError)) throw error;
				refused++;
				expect(error.faults.length).toBeGreaterThan(0);
				for (const { where } of error.faults) {
					expect(where?.line).toBeGreaterThanOrEqual(1);
					expect(where?.line).toBeLessThanOrEqual(lines);
				}
			}
			// Of no member called __proto__.
			expect(Object.keys(Object.prototype)).toEqual([]);
		}),
		{ numRuns: Number(process.env['TSRUN_LAW_RUNS'] ?? 2000), interruptAfterTimeLimit: 600_000 },
	);
	// Neither are all of them broken beyond use, nor do the edits change nothing.
	expect(Math.min(accepted, refused)).toBeGreaterThan(50);
}, 660_000);
