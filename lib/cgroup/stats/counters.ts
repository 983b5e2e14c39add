import { readValue } from '../value.js';

/** What the kernel writes as `max`, and older kernels as the largest multiple of a page: no limit. */
export const unlimited = 0xffff_ffff_ffff_ffffn;

/** A file with one number, or `max`; undefined where there is none. */
export function readCounter(file: string): bigint | undefined {
	return parseCounter(readValue(file)?.trim() ?? '');
}

/** The numbers of a file with a key and a value in each line; undefined where there is no such file. */
export function readCounters(file: string): ReadonlyMap<string, bigint> | undefined {
	const text = readValue(file);
	return text === undefined ? undefined : parseCounters(text);
}

/** `key value` in each line; lines of another shape are left out. */
export function parseCounters(text: string): ReadonlyMap<string, bigint> {
	const counters = new Map<string, bigint>();
	for (const line of text.split('\n')) {
		const [key = '', value = '', ...rest] = line.split(' ');
		const number = parseCounter(value);
		if (rest.length === 0 && number !== undefined) counters.set(key, number);
	}
	return counters;
}

export function parseCounter(text: string): bigint | undefined {
	if (text === 'max') return unlimited;
	return /^\d+$/.test(text) ? BigInt(text) : undefined;
}
