import type { CgroupPaths } from '../freezer.js';
import { controllerDirectory } from './controller-directory.js';
import { readCounters, unlimited } from './counters.js';

/** One of the resources that there is only a number of, such as address space ids of encrypted guests (`sev`). */
export interface MiscStats {
	/** Now. */
	readonly current: bigint;
	/** 2^64-1: none. */
	readonly limit: bigint;
}

/** By the name of the resource; of Linux 5.13. */
export function miscStats(paths: CgroupPaths): Record<string, MiscStats> | undefined {
	const place = controllerDirectory(paths, 'misc');
	const current = place === undefined ? undefined : readCounters(`${place.directory}/misc.current`);
	if (place === undefined || current === undefined) return undefined;
	const limits = readCounters(`${place.directory}/misc.max`);
	return Object.fromEntries(
		[...current].map(([name, count]) => [name, { current: count, limit: limits?.get(name) ?? unlimited }]),
	);
}
