import { check } from '../../lib/spec/check.js';
import { JsonDocument } from '../../lib/spec/json/document.js';
import { type LoadedSpec, loadedSpec } from '../../lib/spec/read.js';
import { processRules, resourceRules, specRules } from '../../lib/spec/rules/index.js';
import { processSchema } from '../../lib/spec/schema/process.js';
import { resourcesSchema } from '../../lib/spec/schema/resources.js';
import { specSchema } from '../../lib/spec/schema/spec.js';
import type { Process, Resources } from '../../lib/spec/types.js';

/** As `readSpec`, but at once, and by zod alone. */
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
