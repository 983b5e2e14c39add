import type { CgroupPaths } from '../freezer.js';
import { readValue } from '../value.js';
import { controllerDirectory } from './controller-directory.js';
import { parseCounter } from './counters.js';
import { type PressureStats, readPressure } from './pressure.js';

/** Block I/O with that of the cgroups below. What a kernel or an I/O scheduler does not count is an empty list. */
export interface BlockIOStats {
	/** Bytes. */
	readonly serviceBytes: readonly BlockIOEntry[];
	/** Operations. */
	readonly serviced: readonly BlockIOEntry[];
	/** Operations that wait at this moment. */
	readonly queued: readonly BlockIOEntry[];
	/** Nanoseconds between dispatch and completion. */
	readonly serviceTime: readonly BlockIOEntry[];
	/** Nanoseconds between request and dispatch. */
	readonly waitTime: readonly BlockIOEntry[];
	/** Requests that became part of others. */
	readonly merged: readonly BlockIOEntry[];
	/** Milliseconds of disk time. */
	readonly time: readonly BlockIOEntry[];
	/** Sectors read and written. */
	readonly sectors: readonly BlockIOEntry[];
	/** How much its processes waited for I/O; v2 alone tells. */
	readonly pressure?: PressureStats;
}

/** One count of one device. */
export interface BlockIOEntry {
	/** Of the device. */
	readonly major: number;
	/** Of the device. */
	readonly minor: number;
	/** `Read`, `Write`, `Sync`, `Async`, `Discard`, `Total`; empty for values that are not divided. */
	readonly operation: string;
	/** In the unit of its list. */
	readonly value: bigint;
}

type Lists = Omit<BlockIOStats, 'pressure'>;

const empty: Lists = {
	serviceBytes: [],
	serviced: [],
	queued: [],
	serviceTime: [],
	waitTime: [],
	merged: [],
	time: [],
	sectors: [],
};

export function blockIOStats(paths: CgroupPaths): BlockIOStats | undefined {
	const legacy = paths.v1?.['blkio'];
	if (legacy !== undefined) return legacyLists(legacy);
	const place = controllerDirectory(paths, 'io');
	const text = place && readValue(`${place.directory}/io.stat`);
	if (place === undefined || text === undefined) return undefined;
	const pressure = readPressure(place.directory, 'io');
	return { ...parseIoStat(text), ...(pressure === undefined ? {} : { pressure }) };
}

const legacyNames = {
	sectors: 'sectors_recursive',
	serviceTime: 'io_service_time_recursive',
	waitTime: 'io_wait_time_recursive',
	merged: 'io_merged_recursive',
	queued: 'io_queued_recursive',
	time: 'time_recursive',
	serviced: 'io_serviced_recursive',
	serviceBytes: 'io_service_bytes_recursive',
} as const satisfies Record<keyof Lists, string>;

/**
 * Who counts is up to the I/O scheduler of each device: BFQ, CFQ (until Linux 4.20), or, below any scheduler, the
 * throttling layer. The first that has counted anything is taken; its numbers are not to be mixed with another's.
 */
const counters = ['blkio.bfq.', 'blkio.', 'blkio.throttle.'] as const;

function legacyLists(directory: string): BlockIOStats {
	for (const prefix of counters) {
		const lists = Object.entries(legacyNames).map(([list, name]): [string, BlockIOEntry[]] => [
			list,
			parseEntries(readValue(`${directory}/${prefix}${name}`) ?? ''),
		]);
		const found = { ...empty, ...Object.fromEntries(lists) };
		if (found.serviced.length > 0) return found;
	}
	// Linux before 5.0 has no recursive counters of the throttling layer.
	return {
		...empty,
		serviced: parseEntries(readValue(`${directory}/blkio.throttle.io_serviced`) ?? ''),
		serviceBytes: parseEntries(readValue(`${directory}/blkio.throttle.io_service_bytes`) ?? ''),
	};
}

/** `8:0 Read 4096` or `8:0 4096` in each line, and a sum over all devices that is left out. */
export function parseEntries(text: string): BlockIOEntry[] {
	return text.split('\n').flatMap((line) => {
		const [device = '', ...rest] = line.split(' ');
		const value = parseCounter(rest.at(-1) ?? '');
		const numbers = deviceNumbers(device);
		if (numbers === undefined || value === undefined) return [];
		return [{ ...numbers, operation: rest.length > 1 ? (rest[0] ?? '') : '', value }];
	});
}

const unifiedKeys: Readonly<Record<string, readonly [list: 'serviceBytes' | 'serviced', operation: string]>> = {
	rbytes: ['serviceBytes', 'Read'],
	wbytes: ['serviceBytes', 'Write'],
	dbytes: ['serviceBytes', 'Discard'],
	rios: ['serviced', 'Read'],
	wios: ['serviced', 'Write'],
	dios: ['serviced', 'Discard'],
};

/** io.stat of v2: `8:0 rbytes=1 wbytes=2 rios=3 ...` in each line; what it says of io.cost is left out. */
export function parseIoStat(text: string): Lists {
	const lists = { serviceBytes: [] as BlockIOEntry[], serviced: [] as BlockIOEntry[] };
	for (const line of text.split('\n')) {
		const [device = '', ...fields] = line.split(' ');
		const numbers = deviceNumbers(device);
		if (numbers === undefined) continue;
		for (const field of fields) {
			const [key = '', text = ''] = field.split('=', 2);
			const [list, operation] = unifiedKeys[key] ?? [];
			const value = parseCounter(text);
			if (list === undefined || operation === undefined || value === undefined) continue;
			lists[list].push({ ...numbers, operation, value });
		}
	}
	return { ...empty, ...lists };
}

function deviceNumbers(text: string): { major: number; minor: number } | undefined {
	const [, major, minor] = /^(\d+):(\d+)$/.exec(text) ?? [];
	return major === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}
