import { readdirSync } from 'node:fs';
import { readTextFileIfThere, systemFailure } from '../os/index.js';

/** What the processor counts for the container's resctrl group, and what the group may have. */
export interface ResctrlStats {
	/** Lines of the group's schemata. */
	readonly schemata: readonly string[];
	/** Those of the file system itself: all that there is to be had. */
	readonly rootSchemata: readonly string[];
	/** Files of info/L3 and info/MB, where the processor can be told about caches and bandwidth. */
	readonly cache?: { readonly mask: string; readonly minimumBits: bigint; readonly groups: bigint };
	/** As {@link ResctrlStats.cache}, of memory bandwidth. */
	readonly bandwidth?: {
		readonly granularity: bigint;
		readonly linearDelay: bigint;
		readonly minimum: bigint;
		readonly groups: bigint;
	};
	/** For each cache in the order of their names; members are absent where the processor does not count. */
	readonly monitored: readonly {
		readonly name: string;
		/** Bytes. */
		readonly occupancy?: bigint;
		readonly totalBytes?: bigint;
		readonly localBytes?: bigint;
	}[];
}

const maxBytes = 1024 * 1024;
const read = (path: string): string | undefined => readTextFileIfThere(path, { maxBytes })?.trim();
const lines = (path: string): string[] => (read(path) ?? '').split('\n').map((line) => line.trim());

/**
 * @param root where resctrl is mounted
 * @param group the container's group of control
 * @param monitor its group of monitoring; without one, what is counted may be others' as well
 * @throws TsrunError ERR_SYSTEM
 */
export function resctrlStats(root: string, group: string, monitor: string = group): ResctrlStats {
	const mask = read(`${root}/info/L3/cbm_mask`);
	const minimum = number(`${root}/info/MB/min_bandwidth`);
	return {
		schemata: lines(`${group}/schemata`),
		rootSchemata: lines(`${root}/schemata`),
		...(mask === undefined
			? {}
			: {
					cache: {
						mask,
						minimumBits: number(`${root}/info/L3/min_cbm_bits`) ?? 0n,
						groups: number(`${root}/info/L3/num_closids`) ?? 0n,
					},
				}),
		...(minimum === undefined
			? {}
			: {
					bandwidth: {
						granularity: number(`${root}/info/MB/bandwidth_gran`) ?? 0n,
						linearDelay: number(`${root}/info/MB/delay_linear`) ?? 0n,
						minimum,
						groups: number(`${root}/info/MB/num_closids`) ?? 0n,
					},
				}),
		monitored: domains(monitor).map((name) => monitoredDomain(monitor, name)),
	};
}

function monitoredDomain(monitor: string, name: string): ResctrlStats['monitored'][number] {
	const at = `${monitor}/mon_data/${name}`;
	const counts = {
		occupancy: number(`${at}/llc_occupancy`),
		totalBytes: number(`${at}/mbm_total_bytes`),
		localBytes: number(`${at}/mbm_local_bytes`),
	};
	return { name, ...Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== undefined)) };
}

/** Undefined without such a file, and where it says "Unavailable": a counter that was lent to another group. */
function number(path: string): bigint | undefined {
	const text = read(path);
	return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : undefined;
}

function domains(monitor: string): string[] {
	try {
		return readdirSync(`${monitor}/mon_data`).sort();
	} catch (cause) {
		const error = systemFailure(`cannot read ${monitor}/mon_data`, cause);
		if (error.errno === 'ENOENT') return [];
		throw error;
	}
}
