import type { CgroupPaths } from '../freezer.js';
import { controllerDirectory } from './controller-directory.js';
import { readCounter, readCounters, unlimited } from './counters.js';
import { type PressureStats, readPressure } from './pressure.js';

/** Memory of a container. */
export interface MemoryStats {
	/** Memory without swap. */
	readonly usage: MemoryUsage;
	/** Memory and swap together, on both versions; absent where swap is not accounted. */
	readonly withSwap?: MemoryUsage;
	/** The kernel's own memory; v1 alone counts it by itself. */
	readonly kernel?: MemoryUsage;
	/** As {@link MemoryStats.kernel}, of TCP buffers. */
	readonly kernelTcp?: MemoryUsage;
	/** Bytes of the page cache. */
	readonly cache: bigint;
	/** Processes that the kernel killed because this memory had run out; absent before Linux 4.13. */
	readonly oomKills?: bigint;
	/** memory.stat as it is. */
	readonly details: ReadonlyMap<string, bigint>;
	/** How much its processes waited for memory; v2 alone tells. */
	readonly pressure?: PressureStats;
}

/** Bytes. */
export interface MemoryUsage {
	/** Now. */
	readonly current: bigint;
	/** 2^64-1: none. */
	readonly limit: bigint;
	/** The most there ever was; 0 where the kernel does not tell (v2 before Linux 5.19). */
	readonly peak: bigint;
	/** How often the limit was hit. */
	readonly failures: bigint;
}

export function memoryStats(paths: CgroupPaths): MemoryStats | undefined {
	const place = controllerDirectory(paths, 'memory');
	if (place === undefined) return undefined;
	const details = readCounters(`${place.directory}/memory.stat`);
	if (details === undefined) return undefined;
	return place.version === 1 ? legacy(place.directory, details) : unified(place.directory, details);
}

function legacy(directory: string, details: MemoryStats['details']): MemoryStats | undefined {
	const usage = legacyUsage(directory, 'memory');
	if (usage === undefined) return undefined;
	const withSwap = legacyUsage(directory, 'memory.memsw');
	const kernel = legacyUsage(directory, 'memory.kmem');
	const kernelTcp = legacyUsage(directory, 'memory.kmem.tcp');
	return {
		usage,
		...(withSwap === undefined ? {} : { withSwap }),
		...(kernel === undefined ? {} : { kernel }),
		...(kernelTcp === undefined ? {} : { kernelTcp }),
		cache: details.get('cache') ?? 0n,
		...oomKills(`${directory}/memory.oom_control`),
		details,
	};
}

function legacyUsage(directory: string, name: string): MemoryUsage | undefined {
	const read = (what: string) => readCounter(`${directory}/${name}.${what}`);
	const current = read('usage_in_bytes');
	if (current === undefined) return undefined;
	return {
		current,
		limit: read('limit_in_bytes') ?? 0n,
		peak: read('max_usage_in_bytes') ?? 0n,
		failures: read('failcnt') ?? 0n,
	};
}

function unified(directory: string, details: MemoryStats['details']): MemoryStats | undefined {
	const current = readCounter(`${directory}/memory.current`);
	if (current === undefined) return undefined;
	const usage = {
		current,
		limit: readCounter(`${directory}/memory.max`) ?? unlimited,
		peak: readCounter(`${directory}/memory.peak`) ?? 0n,
		failures: readCounters(`${directory}/memory.events`)?.get('max') ?? 0n,
	};
	const withSwap = unifiedWithSwap(directory, usage);
	const pressure = readPressure(directory, 'memory');
	return {
		usage,
		...(withSwap === undefined ? {} : { withSwap }),
		cache: details.get('file') ?? 0n,
		...oomKills(`${directory}/memory.events`),
		details,
		...(pressure === undefined ? {} : { pressure }),
	};
}

function oomKills(file: string): { oomKills?: bigint } {
	const count = readCounters(file)?.get('oom_kill');
	return count === undefined ? {} : { oomKills: count };
}

// v2 has swap by itself; the two limits add up, the two peaks need not have been at the same time.
function unifiedWithSwap(directory: string, memory: MemoryUsage): MemoryUsage | undefined {
	const current = readCounter(`${directory}/memory.swap.current`);
	if (current === undefined) return undefined;
	const limit = readCounter(`${directory}/memory.swap.max`) ?? unlimited;
	return {
		current: current + memory.current,
		limit: limit === unlimited || memory.limit === unlimited ? unlimited : limit + memory.limit,
		peak: 0n,
		failures: readCounters(`${directory}/memory.swap.events`)?.get('max') ?? 0n,
	};
}
