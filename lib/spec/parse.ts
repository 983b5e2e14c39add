import { check } from './check.js';
import { JsonDocument } from './json/document.js';
import { type LoadedSpec, loadedSpec } from './read.js';
import { processRules, resourceRules, specRules } from './rules/index.js';
import { processSchema } from './schema/process.js';
import { resourcesSchema } from './schema/resources.js';
import { specSchema } from './schema/spec.js';
import type { Process, Resources } from './types.js';

/** {@link readSpec} at once, and by zod alone. */
export function parseSpec(text: string, file: string): LoadedSpec {
	const document = JsonDocument.read(text, file);
	return loadedSpec(document, check(document, specSchema, specRules));
}

export function parseProcess(text: string, file: string): Process {
	return check(JsonDocument.read(text, file), processSchema, processRules);
}

export function parseResources(text: string, file: string): Resources {
	return check(JsonDocument.read(text, file), resourcesSchema, resourceRules);
}
