import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../lib/errors/index.js';
import { loadBundle } from '../../lib/spec/index.js';

const fixtures = join(import.meta.dirname, '../../spec-fixtures/invalid');
const cases = readdirSync(fixtures);

interface Expected {
	readonly code: string;
	readonly faults: readonly { pointer: string; line: number; column: number; message: string }[];
}

async function refusalOf(bundle: string): Promise<ConfigError> {
	try {
		await loadBundle(bundle);
	} catch (error) {
		if (error instanceof ConfigError) return error;
		throw error;
	}
	throw new Error(`${bundle} was accepted`);
}

it('has its fixtures', () => {
	expect(cases.length).toBeGreaterThanOrEqual(60);
	expect(cases.filter((name) => !existsSync(join(fixtures, name, 'error.json')))).toEqual([]);
});

it.each(cases)('%s', async (name) => {
	const bundle = join(fixtures, name);
	const expected: Expected = JSON.parse(readFileSync(join(bundle, 'error.json'), 'utf8'));
	const error = await refusalOf(bundle);
	const faults = error.faults.map(({ pointer, where, message }) => ({
		pointer,
		line: where?.line,
		column: where?.column,
		message,
	}));
	expect({ code: error.code, faults }).toEqual(expected);
	expect(new Set(error.faults.map((fault) => fault.where?.file))).toEqual(new Set([join(bundle, 'config.json')]));
});
