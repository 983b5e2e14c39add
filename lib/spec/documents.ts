import type { Process, Resources } from './types.js';

/*
 * Of all calls of `exec` and `update` few bring a document of their own. The others do without the rules and schemas that
 * such a document is held to.
 */

/** Reads and validates a process object, as `exec --process` takes it; throws as `readSpec` does. */
export async function readProcess(text: string, file: string): Promise<Process> {
	const read = await import('./read.js');
	return read.readProcess(text, file);
}

/** Reads and validates a resources object, as `update --resources` takes it; throws as `readSpec` does. */
export async function readResources(text: string, file: string): Promise<Resources> {
	const read = await import('./read.js');
	return read.readResources(text, file);
}
