import type { Process, Resources } from './types.js';

/*
 * Of all calls of `exec` and `update` few bring a document of their own. The others do without the rules and schemas that
 * such a document is held to.
 */

/** Process objects that came from a document: what takes them next need not read them again. */
const fromDocuments = new WeakSet<Process>();

/** Reads and validates a process object, as `exec --process` takes it; throws as `readSpec` does. */
export async function readProcess(text: string, file: string): Promise<Process> {
	const read = await import('./read.js');
	const process = await read.readProcess(text, file);
	fromDocuments.add(process);
	return process;
}

/** The same of an object of the program, as {@link readSpecObject} does it; one that {@link readProcess} gave passes. */
export async function readProcessObject(process: Process): Promise<Process> {
	if (fromDocuments.has(process)) return process;
	const object = await import('./object.js');
	return object.readProcessObject(process);
}

/** Reads and validates a resources object, as `update --resources` takes it; throws as `readSpec` does. */
export async function readResources(text: string, file: string): Promise<Resources> {
	const read = await import('./read.js');
	return read.readResources(text, file);
}
