import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../build/paths.mjs';

/**
 * Writes one well-formed program for each operation of addon/wire/operations.def, and one of all of them: what a fuzzer
 * begins with decides how deep it comes.
 */
export function writeSeeds(folder) {
	const table = readFileSync(inRoot('addon/wire/operations.def'), 'utf8');
	const operations = [...table.matchAll(/^OPERATION\((\d+), (\w+), "([^"]*)"\)/gm)].map(([, number, name, fields]) => ({
		number: Number(number),
		name,
		types: [...fields.matchAll(/:(\w+)/g)].map(([, type]) => type),
	}));
	const constants = readFileSync(inRoot('addon/wire/messages.h'), 'utf8');
	const constant = (name) => Number(new RegExp(`#define ${name} (\\w+?)u`).exec(constants)?.[1]);
	const head = (count) => words(constant('TSRUN_PROGRAM_MAGIC'), constant('TSRUN_WIRE_VERSION'), count, 0);
	for (const operation of operations) {
		writeFileSync(join(folder, `seed-${operation.name}`), Buffer.concat([head(1), record(operation)]));
	}
	writeFileSync(join(folder, 'seed-all'), Buffer.concat([head(operations.length), ...operations.map(record)]));
}

function record({ number, types }) {
	const fields = Buffer.concat(types.map((type) => examples[type]));
	return Buffer.concat([words(number, 0, fields.length), fields]);
}

function words(...numbers) {
	const bytes = Buffer.alloc(numbers.length * 4);
	for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, index * 4);
	return bytes;
}

const text = (value) => Buffer.concat([words(value.length), Buffer.from(`${value}\0`)]);

const examples = {
	u32: words(1),
	fd: words(0),
	u64: words(1, 0),
	i64: words(0xffff_ffff, 0xffff_ffff),
	str: text('/a/path'),
	bytes: Buffer.concat([words(8), Buffer.alloc(8, 6)]),
	strs: Buffer.concat([words(2), text('one'), text('')]),
	u32s: words(2, 1, 2),
	fds: words(2, 0, 1),
	u64s: words(2, 1, 0, 2, 0),
};
