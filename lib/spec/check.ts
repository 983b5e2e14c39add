import * as z from 'zod/mini';
import { ConfigError, type ConfigFault } from '../errors/index.js';
import type { Rule, RuleFault } from './fault.js';
import { schemaFaults } from './issue-sentence.js';
import type { JsonDocument } from './json/document.js';
import { toPointer } from './pointer.js';
import { salvage, Unreadable } from './salvage.js';
import type { ObjectOf } from './schema/shape.js';
import { zodObjectOf } from './schema/zod.js';

/** More than anybody repairs in one go; a generated file can have thousands. */
const MOST_FAULTS = 100;

interface Found {
	readonly pointer: string;
	readonly offset: number;
	/** Made late: a hostile file has more faults than are ever worded. */
	readonly message: () => string;
}

/**
 * Holds a document to its schema and rules.
 *
 * @throws {ConfigError} ERR_CONFIG_INVALID with every fault, in file order.
 */
export function check<Output>(document: JsonDocument, shape: ObjectOf<Output>, rules: readonly Rule<Output>[]): Output {
	const schema = zodObjectOf(shape);
	const found: Found[] = document.duplicates.map(({ pointer, first, second }) => ({
		pointer,
		offset: second,
		message: () => {
			const { line, column } = document.placeAt(first);
			return `stands twice in its object, first at line ${line}, column ${column}`;
		},
	}));
	const add = (faults: Iterable<RuleFault>): void => {
		for (const { pointer, message } of faults) {
			found.push({ pointer, offset: document.offsetOf(pointer), message: () => message });
		}
	};

	// jitless: compiling the schema to a function costs more than the one document that a process reads.
	const result = z.safeParse(schema, document.value, { jitless: true, reportInput: true });
	if (result.success) {
		const value = result.data as Output;
		add(brokenRules(rules, value));
		if (found.length === 0) return value;
	} else {
		const refused = schemaFaults(result.error.issues);
		add(refused.map(({ path, message }) => ({ pointer: toPointer(path), message })));
		const paths = refused.map((fault) => fault.path);
		const sound = salvage(schema, document.value, paths);
		// Members that are missing from it throw Unreadable when read, so no rule sees less than the whole type promises.
		if (sound !== undefined) add(brokenRules(rules, sound as Output));
	}
	throw new ConfigError('ERR_CONFIG_INVALID', document.file, inFileOrder(document, found));
}

function brokenRules<Subject>(rules: readonly Rule<Subject>[], subject: Subject): RuleFault[] {
	const faults: RuleFault[] = [];
	for (const rule of rules) {
		try {
			for (const fault of rule(subject, '')) faults.push(fault);
		} catch (error) {
			if (!(error instanceof Unreadable)) throw error;
		}
	}
	return faults;
}

function inFileOrder(document: JsonDocument, found: readonly Found[]): ConfigFault[] {
	const sorted = found.toSorted((a, b) => a.offset - b.offset);
	const faults = sorted.slice(0, MOST_FAULTS).map(({ pointer, message, offset }) => ({
		pointer,
		message: message(),
		where: document.placeAt(offset),
	}));
	const first = sorted[MOST_FAULTS];
	if (first === undefined) return faults;
	const message = `and ${sorted.length - MOST_FAULTS} more faults from here on`;
	return [...faults, { pointer: '', message, where: document.placeAt(first.offset) }];
}
