import fc from 'fast-check';
import { ConfigError } from '../../lib/errors/index.js';
import { accept, refused } from '../../lib/spec/accept.js';
import { defaultSpec, readProcess, readResources, readSpec } from '../../lib/spec/index.js';
import { processSchema } from '../../lib/spec/schema/process.js';
import { resourcesSchema } from '../../lib/spec/schema/resources.js';
import type { ObjectOf } from '../../lib/spec/schema/shape.js';
import { specSchema } from '../../lib/spec/schema/spec.js';
import { zodObjectOf } from '../../lib/spec/schema/zod.js';
import { parseProcess, parseResources, parseSpec } from '../harness/parse-spec.js';
import { fullConfig, type Json, places, replaced } from './configs.js';

/** What both readers make of a value: the same result, or no result. */
function expectAgreement(shape: ObjectOf<unknown>, value: Json): void {
	const accepted = accept(shape, structuredClone(value));
	const parsed = zodObjectOf(shape).safeParse(structuredClone(value), { jitless: true });
	expect(accepted === refused ? refused : { value: accepted }).toEqual(
		parsed.success ? { value: parsed.data } : refused,
	);
}

/** Values of every kind, among them those that some member of the specification takes. */
const anyValue: fc.Arbitrary<Json> = fc.oneof(
	fc.constantFrom<Json>('', '0', '/', 'pid', 'c', 'SCMP_ACT_ALLOW', '1.0.0', -1, 0, 1, 7, 4_294_967_296, true, false),
	fc.constantFrom<Json>(
		[],
		[''],
		['/a'],
		[0],
		{},
		[{}],
		{ a: 'b' },
		{ a: {} },
		{ limit: 1 },
		{ monotonic: { secs: 1 } },
	),
	fc.jsonValue() as fc.Arbitrary<Json>,
);

test('a config with one value replaced is accepted by both readers, as the same, or by none', () => {
	const config = fullConfig();
	fc.assert(
		fc.property(fc.constantFrom(...places(config)), anyValue, (path, value) => {
			expectAgreement(specSchema, replaced(config, path, value));
		}),
		{ numRuns: 1500 },
	);
});

test('so is one with a member added or taken away', () => {
	const config = fullConfig();
	const inner = places(config).filter((path) => path.length > 0);
	fc.assert(
		fc.property(fc.constantFrom(...inner), fc.string(), anyValue, (path, name, value) => {
			const [last, ...above] = path.toReversed();
			const holder = above.toReversed().reduce<Json>((at, part) => (at as Record<string, Json>)[part] ?? null, config);
			if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return;
			const { [String(last)]: _, ...rest } = holder;
			expectAgreement(specSchema, replaced(config, above.toReversed(), rest));
			expectAgreement(specSchema, replaced(config, above.toReversed(), { ...holder, [name]: value }));
		}),
		{ numRuns: 500 },
	);
});

test('and so is any JSON whatever', () => {
	fc.assert(
		fc.property(fc.jsonValue(), fc.constantFrom(specSchema, processSchema, resourcesSchema), (value, shape) => {
			expectAgreement(shape, value as Json);
		}),
	);
});

describe('reading gives what zod alone gives', () => {
	test('of a sound config', async () => {
		const text = JSON.stringify(fullConfig());
		expect((await readSpec(text, 'c')).spec).toEqual(parseSpec(text, 'c').spec);
		const { process } = defaultSpec({ cgroup2: true, uid: 0, gid: 0 });
		const processText = JSON.stringify(process);
		expect(await readProcess(processText, 'p')).toEqual(parseProcess(processText, 'p'));
		const resources = '{"memory":{"limit":4096},"cpu":{"shares":18446744073709551615}}';
		expect(await readResources(resources, '-')).toEqual(parseResources(resources, '-'));
	});

	test.each([
		['a value of the wrong kind', '{"ociVersion":"1.0.0","root":7}'],
		['a broken rule', '{"ociVersion":"1.0.0","root":{"path":"r"},"process":{"cwd":"tmp","args":["a"]}}'],
		['a name that stands twice', '{"ociVersion":"1.0.0","root":{"path":"r"},"ociVersion":"1.0.0"}'],
		['no JSON', '{'],
	])('of a config with %s: the same faults', async (_, text) => {
		let refusal: unknown;
		try {
			parseSpec(text, 'c');
		} catch (error) {
			refusal = error;
		}
		expect(refusal).toBeInstanceOf(ConfigError);
		await expect(readSpec(text, 'c')).rejects.toMatchObject({ faults: (refusal as ConfigError).faults });
	});
});
