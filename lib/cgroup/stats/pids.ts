import type { CgroupPaths } from '../freezer.js';
import { cgroupProcesses } from '../processes.js';
import { controllerDirectory } from './controller-directory.js';
import { readCounter, unlimited } from './counters.js';

/** How many processes a container has. */
export interface PidsStats {
	/** Processes and threads; without the controller processes alone. */
	readonly current: bigint;
	/** 2^64-1: none. */
	readonly limit: bigint;
}

export function pidsStats(paths: CgroupPaths): PidsStats | undefined {
	const place = controllerDirectory(paths, 'pids');
	if (place === undefined) return undefined;
	const current = readCounter(`${place.directory}/pids.current`);
	if (current === undefined) return { current: BigInt(cgroupProcesses(place.directory).length), limit: unlimited };
	return { current, limit: readCounter(`${place.directory}/pids.max`) ?? unlimited };
}
