import { ConfigError } from '../errors/index.js';
import { jsonText } from './json/text.js';
import { toPointer } from './pointer.js';
import { type LoadedSpec, readProcess, readResources, readSpec } from './read.js';
import type { Process, Resources, ResourcesInput, SpecInput } from './types.js';

/** How faults name a config that has no file. */
const specName = 'the spec object';

/** Deeper than any config is; what comes around to itself is deeper than that. */
const deepest = 64;

/**
 * Holds a config that is an object of the program to every rule of one that is a file. It is read from its JSON text, so that
 * nothing is taken for granted about it, and so that what is kept of it is what was checked.
 *
 * @throws ConfigError ERR_CONFIG_INVALID with every fault and its JSON pointer; there are no lines
 */
export async function readSpecObject(spec: SpecInput): Promise<LoadedSpec> {
	const text = textOf(spec, specName);
	const loaded = await withoutPlaces(readSpec(text, specName));
	const { path } = loaded.spec.root;
	if (!path.startsWith('/')) {
		const message = `must be absolute, for there is no bundle that it could begin at; found ${JSON.stringify(path)}`;
		throw new ConfigError('ERR_CONFIG_INVALID', specName, [{ pointer: '/root/path', message }]);
	}
	return { ...loaded, placeOf: () => undefined };
}

/**
 * As {@link readSpecObject}, of limits.
 *
 * @throws ConfigError ERR_CONFIG_INVALID
 */
export function readResourcesObject(resources: ResourcesInput): Promise<Resources> {
	const name = 'the resources';
	return withoutPlaces(readResources(textOf(resources, name), name));
}

/**
 * As {@link readSpecObject}, of a process.
 *
 * @throws ConfigError ERR_CONFIG_INVALID
 */
export async function readProcessObject(process: Process): Promise<Process> {
	const name = 'the process object';
	return await withoutPlaces(readProcess(textOf(process, name), name));
}

function textOf(value: unknown, name: string): string {
	const fault = foreignValue(value, []);
	if (fault !== undefined) throw new ConfigError('ERR_CONFIG_INVALID', name, [fault]);
	return `${jsonText(value)}\n`;
}

/** The first value in an object that JSON has no text for. */
function foreignValue(value: unknown, path: readonly string[]): { pointer: string; message: string } | undefined {
	const found = (what: string) => ({ pointer: toPointer(path), message: `must be a value of JSON, found ${what}` });
	switch (typeof value) {
		case 'string':
		case 'boolean':
		case 'bigint':
			return undefined;
		case 'number':
			return Number.isFinite(value) ? undefined : found(String(value));
		case 'object':
			break;
		default:
			return found(`a value of type ${typeof value}`);
	}
	if (value === null) return undefined;
	if (path.length > deepest) return found(`more than ${deepest} levels`);
	if (!Array.isArray(value) && !isPlain(value)) return found('an object of a class');
	for (const [name, member] of Object.entries(value)) {
		// An absent member may be written as undefined; an element of an array may not.
		if (member === undefined && !Array.isArray(value)) continue;
		const fault = foreignValue(member, [...path, name]);
		if (fault !== undefined) return fault;
	}
	return undefined;
}

// Object.prototype of another realm (vm, worker) is none of ours, and has no prototype all the same.
function isPlain(value: object): boolean {
	const prototype: object | null = Object.getPrototypeOf(value);
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Lines of a text that nobody wrote would lead astray. */
async function withoutPlaces<Result>(reading: Promise<Result>): Promise<Result> {
	try {
		return await reading;
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		const faults = error.faults.map(({ pointer, message }) => ({ pointer, message }));
		throw new ConfigError('ERR_CONFIG_INVALID', error.path ?? specName, faults);
	}
}
