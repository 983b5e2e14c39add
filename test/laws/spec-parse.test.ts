import fc from 'fast-check';
import { ConfigError } from '../../lib/errors/index.js';
import type { Spec } from '../../lib/spec/index.js';
import { parseResources, parseSpec } from '../harness/parse-spec.js';
import { fullConfig, type Json, places, replaced } from './configs.js';

/** The refusal of a text, undefined when it is accepted; every other error fails the law. */
function refusalOf(text: string): ConfigError | undefined {
	try {
		parseSpec(text, 'config.json');
		return undefined;
	} catch (error) {
		if (error instanceof ConfigError) return error;
		throw error;
	}
}

function expectPlacesInside(text: string, error: ConfigError): void {
	const lines = text.split('\n');
	let last = -1;
	for (const { where, message } of error.faults) {
		expect(message).not.toBe('');
		const line = lines[(where?.line ?? 0) - 1];
		expect(line).toBeDefined();
		expect(where?.column).toBeGreaterThanOrEqual(1);
		expect(where?.column).toBeLessThanOrEqual((line?.length ?? 0) + 1);
		const order = (where?.line ?? 0) * 1e6 + (where?.column ?? 0);
		expect(order).toBeGreaterThanOrEqual(last);
		last = order;
	}
	expect(error.faults.length).toBeGreaterThan(0);
	expect(error.faults.length).toBeLessThanOrEqual(101);
}

/** The same value with the members of every object in reverse order. */
function reversed(value: Json): Json {
	if (Array.isArray(value)) return value.map(reversed);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.toReversed()
			.map(([name, member]) => [name, reversed(member)]),
	);
}

function specOf(value: Json): Spec {
	return parseSpec(JSON.stringify(value), 'config.json').spec;
}

const config = fullConfig();
const everyPlace = places(config);

test('the config of these laws is valid', () => {
	expect(refusalOf(JSON.stringify(config))?.message).toBeUndefined();
});

test('any text ends in a spec or in a ConfigError with places inside the text', () => {
	const anything = fc.oneof(
		fc.json(),
		fc.string(),
		fc.string().map((text) => `{"a":${text}`),
	);
	fc.assert(
		fc.property(anything, (text) => {
			const error = refusalOf(text);
			expect(error).toBeDefined();
			if (error !== undefined) expectPlacesInside(text, error);
		}),
	);
});

test('one value replaced by any other ends in a spec or in faults with places inside the text', () => {
	fc.assert(
		fc.property(
			fc.constantFrom(...everyPlace),
			fc.jsonValue({ maxDepth: 2 }),
			fc.boolean(),
			(path, value, indented) => {
				const text = JSON.stringify(replaced(config, path, value as Json), null, indented ? '\t' : undefined);
				const error = refusalOf(text);
				if (error !== undefined) expectPlacesInside(text, error);
			},
		),
		{ numRuns: 1000 },
	);
});

test('several values replaced: each wrong type is reported, whatever the others are', () => {
	fc.assert(
		fc.property(fc.subarray(everyPlace, { minLength: 2, maxLength: 6 }), (paths) => {
			// Replacing inside a value that is gone already would bring it back.
			const outer = paths.filter(
				(path) => !paths.some((other) => other !== path && other.every((part, i) => part === path[i])),
			);
			const text = JSON.stringify(outer.reduce<Json>((value, path) => replaced(value, path, 0.5), config));
			const pointers = new Set(refusalOf(text)?.faults.map((fault) => fault.pointer));
			for (const path of outer)
				expect(pointers).toContain(`/${path.map((part) => String(part).replace('/', '~1')).join('/')}`);
		}),
	);
});

test('null is the same as absent', () => {
	const optional = everyPlace.filter((path) => path.every((part) => Number.isNaN(Number(part))));
	fc.assert(
		fc.property(fc.constantFrom(...optional), (path) => {
			const holder = path
				.slice(0, -1)
				.reduce<Json>((value, part) => (value as { [name: string]: Json })[part] ?? null, config);
			const { [String(path.at(-1))]: _gone, ...others } = holder as { [name: string]: Json };
			const absent = replaced(config, path.slice(0, -1), others);
			const error = refusalOf(JSON.stringify(absent));
			const nulled = replaced(config, path, null);
			if (error === undefined) expect(specOf(nulled)).toEqual(specOf(absent));
			else {
				const wording = (faults: ConfigError['faults'] | undefined) =>
					faults?.map(({ pointer, message }) => ({ pointer, message }));
				expect(wording(refusalOf(JSON.stringify(nulled))?.faults)).toEqual(wording(error.faults));
			}
		}),
	);
});

test('the order of members does not matter', () => {
	expect(specOf(reversed(config))).toEqual(specOf(config));
	fc.assert(
		fc.property(fc.constantFrom(...everyPlace), fc.jsonValue({ maxDepth: 1 }), (path, value) => {
			const changed = replaced(config, path, value as Json);
			const pointersOf = (error: ConfigError | undefined) => error?.faults.map((fault) => fault.pointer).toSorted();
			const forward = pointersOf(refusalOf(JSON.stringify(changed)));
			expect(pointersOf(refusalOf(JSON.stringify(reversed(changed))))).toEqual(forward);
		}),
		{ numRuns: 300 },
	);
});

test('integers of every size survive', () => {
	fc.assert(
		fc.property(
			fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
			fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }),
			(shares, limit) => {
				const text = `{"cpu":{"shares":${shares}},"memory":{"limit":${limit}},"pids":{"limit":${-limit}}}`;
				expect(parseResources(text, '-')).toEqual({ cpu: { shares }, memory: { limit }, pids: { limit: -limit } });
			},
		),
	);
});

test('integers beyond their type are refused', () => {
	fc.assert(
		fc.property(fc.bigInt({ min: 2n ** 64n, max: 2n ** 200n }), fc.boolean(), (size, negative) => {
			const value = negative ? -size : size;
			const text = `{"cpu":{"shares":${value},"quota":${value}},"pids":{"limit":${value}}}`;
			expect(() => parseResources(text, '-')).toThrow(ConfigError);
		}),
	);
});
