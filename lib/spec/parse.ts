import type { SourcePlace } from '../errors/index.js';
import { check } from './check.js';
import { JsonDocument } from './json/document.js';
import { processRules, resourceRules, specRules } from './rules/index.js';
import { processSchema } from './schema/process.js';
import { resourcesSchema } from './schema/resources.js';
import { specSchema } from './schema/spec.js';
import type { Process, Resources, Spec } from './types.js';

/** A valid configuration together with the text that it came from. */
export interface LoadedSpec {
	readonly spec: Spec;
	/** Directory of the bundle as the caller wrote it; absent when the text did not come from a bundle. */
	readonly bundle?: string;
	readonly file: string;
	readonly text: string;
	/**
	 * Where the text says what a JSON pointer names; where it is silent, the nearest value around that.
	 * The first call reads the whole text again.
	 */
	placeOf(pointer: string): SourcePlace;
}

/**
 * Reads and validates the text of a config.json.
 *
 * @param file how faults name the text; the file is not opened.
 * @throws {ConfigError} ERR_CONFIG_SYNTAX when the text is not JSON, ERR_CONFIG_INVALID with every fault in file order.
 */
export function parseSpec(text: string, file: string): LoadedSpec {
	const document = JsonDocument.read(text, file);
	const spec = check(document, specSchema, specRules);
	return { spec, file, text, placeOf: (pointer) => document.placeAt(document.offsetOf(pointer)) };
}

/**
 * Reads and validates a process object, as `exec --process` takes it.
 *
 * @throws {ConfigError} as {@link parseSpec}.
 */
export function parseProcess(text: string, file: string): Process {
	return check(JsonDocument.read(text, file), processSchema, processRules);
}

/**
 * Reads and validates a resources object, as `update --resources` takes it.
 *
 * @throws {ConfigError} as {@link parseSpec}.
 */
export function parseResources(text: string, file: string): Resources {
	return check(JsonDocument.read(text, file), resourcesSchema, resourceRules);
}
