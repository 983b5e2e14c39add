import type { SourcePlace } from '../errors/index.js';
import { accept, refused } from './accept.js';
import type { Rule } from './fault.js';
import { JsonDocument } from './json/document.js';
import { processRules, resourceRules, specRules } from './rules/index.js';
import { processSchema } from './schema/process.js';
import { resourcesSchema } from './schema/resources.js';
import type { ObjectOf } from './schema/shape.js';
import { specSchema } from './schema/spec.js';
import type { Process, Resources, Spec } from './types.js';

/** A valid configuration together with the text that it came from. */
export interface LoadedSpec {
	readonly spec: Spec;
	/** Directory of the bundle, as the caller wrote it or without its symbolic links; absent when the text did not come from a bundle. */
	readonly bundle?: string;
	readonly file: string;
	readonly text: string;
	/**
	 * Where the text says what a JSON pointer names; where it is silent, the nearest value around that. Undefined for a
	 * config that was no text. The first call reads the whole text again.
	 */
	placeOf(pointer: string): SourcePlace | undefined;
}

/**
 * Reads and validates the text of a config.json.
 *
 * @param file how faults name the text; the file is not opened.
 * @throws {ConfigError} ERR_CONFIG_SYNTAX when the text is not JSON, ERR_CONFIG_INVALID with every fault in file order.
 */
export async function readSpec(text: string, file: string): Promise<LoadedSpec> {
	const document = JsonDocument.read(text, file);
	return loadedSpec(document, await checked(document, specSchema, specRules));
}

/**
 * Reads and validates a process object, as `exec --process` takes it.
 *
 * @throws {ConfigError} as {@link readSpec}.
 */
export function readProcess(text: string, file: string): Promise<Process> {
	return checked(JsonDocument.read(text, file), processSchema, processRules);
}

/**
 * Reads and validates a resources object, as `update --resources` takes it.
 *
 * @throws {ConfigError} as {@link readSpec}.
 */
export function readResources(text: string, file: string): Promise<Resources> {
	return checked(JsonDocument.read(text, file), resourcesSchema, resourceRules);
}

export function loadedSpec(document: JsonDocument, spec: Spec): LoadedSpec {
	const { file, text } = document;
	return { spec, file, text, placeOf: (pointer) => document.placeAt(document.offsetOf(pointer)) };
}

// zod is loaded to say what is wrong, when something is: it takes longer to start than all the rest of reading a config.
async function checked<Output>(
	document: JsonDocument,
	shape: ObjectOf<Output>,
	rules: readonly Rule<Output>[],
): Promise<Output> {
	const value = sound(document, shape, rules);
	if (value !== undefined) return value;
	const { check } = await import('./check.js');
	return check(document, shape, rules);
}

/** What a document without any fault says; undefined for every other one. */
function sound<Output>(
	document: JsonDocument,
	shape: ObjectOf<Output>,
	rules: readonly Rule<Output>[],
): Output | undefined {
	if (document.duplicates.length > 0) return undefined;
	const value = accept(shape, document.value);
	if (value === refused) return undefined;
	for (const rule of rules) for (const _ of rule(value as Output, '')) return undefined;
	return value as Output;
}
