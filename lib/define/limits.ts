import type { ResourcesInput } from '../spec/index.js';
import { merge, type SpecChange } from './change.js';
import { bytesOf, type Size } from './size.js';

/** Limits as config.json has them, put into those that are there. */
export function resources(limits: ResourcesInput): SpecChange {
	return merge({ linux: { resources: limits } });
}

/** What {@link memory} takes beside the limit. */
export interface MemoryOptions {
	/** The most swap beside the memory; 0 is none. Default: no limit. A machine without swap accounting refuses any. */
	readonly swap?: Size | undefined;
	/** What is left to the container when the machine is short of memory. */
	readonly reservation?: Size | undefined;
}

/**
 * The most memory that a container has, all of its processes together; a process is killed when there would be more.
 *
 * @throws TsrunError ERR_ARGUMENT
 */
export function memory(limit: Size, { swap, reservation }: MemoryOptions = {}): SpecChange {
	const bytes = bytesOf(limit);
	// config.json has memory and swap together.
	const together = swap === undefined ? {} : { swap: bytes + bytesOf(swap) };
	const kept = reservation === undefined ? {} : { reservation: bytesOf(reservation) };
	return resources({ memory: { limit: bytes, ...together, ...kept } });
}

/** Microseconds; the kernel's own default of the period. */
const period = 100_000;

/** So many processors' time, such as 0.5 or 2: the container stands still for the rest of each tenth of a second. */
export function cpus(count: number): SpecChange {
	return resources({ cpu: { quota: Math.round(count * period), period } });
}

/** The most processes and threads. */
export function pids(limit: number): SpecChange {
	return resources({ pids: { limit } });
}
