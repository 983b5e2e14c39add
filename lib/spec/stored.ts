import { accept, refused } from './accept.js';
import { JsonDocument } from './json/document.js';
import { specSchema } from './schema/spec.js';
import type { Spec } from './types.js';

/**
 * The config that a container was made from, out of its state directory. It was held to every rule when it was put there,
 * by this version or another one, and nobody but us can have changed it since: only its shape is looked at again.
 *
 * @throws {ConfigError} ERR_CONFIG_SYNTAX, ERR_CONFIG_INVALID when the file is damaged
 */
export async function storedSpec(text: string): Promise<Spec> {
	const document = JsonDocument.read(text, 'config.json');
	const spec = accept(specSchema, document.value);
	if (spec !== refused) return spec as Spec;
	const { check } = await import('./check.js');
	return check(document, specSchema, []);
}
