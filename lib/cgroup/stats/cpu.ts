import type { CgroupPaths } from '../freezer.js';
import { readValue } from '../value.js';
import { controllerDirectory } from './controller-directory.js';
import { parseCounter, readCounter, readCounters } from './counters.js';
import { type PressureStats, readPressure } from './pressure.js';

/** Processor time, all in nanoseconds since the cgroup was made. */
export interface CpuStats {
	/** User and kernel time. */
	readonly total: bigint;
	/** Time in programs. */
	readonly user: bigint;
	/** Time in the kernel. */
	readonly kernel: bigint;
	/** For each processor; v1 alone tells. */
	readonly perCpu?: {
		readonly total: readonly bigint[];
		readonly user: readonly bigint[];
		readonly kernel: readonly bigint[];
	};
	/** How a quota has held the container back. */
	readonly throttling: {
		readonly periods: bigint;
		readonly throttledPeriods: bigint;
		readonly throttledTime: bigint;
	};
	/** How much its processes waited for a processor; v2 alone tells. */
	readonly pressure?: PressureStats;
}

export function cpuStats(paths: CgroupPaths): CpuStats | undefined {
	const accounting = controllerDirectory(paths, 'cpuacct');
	// With v1 mounted the unified hierarchy has a basic cpu.stat of its own, and it is as good.
	const usage =
		accounting?.version === 1 ? legacyUsage(accounting.directory) : accounting && unifiedUsage(accounting.directory);
	if (usage === undefined) return undefined;
	const pressure = paths.v2 === undefined ? undefined : readPressure(paths.v2, 'cpu');
	return { ...usage, throttling: throttling(paths), ...(pressure === undefined ? {} : { pressure }) };
}

type Usage = Omit<CpuStats, 'throttling' | 'pressure'>;

/** USER_HZ of every architecture that containers run on; times(2) and cpuacct.stat count in it. */
const nanosecondsPerTick = 10_000_000n;

function legacyUsage(directory: string): Usage | undefined {
	const total = readCounter(`${directory}/cpuacct.usage`);
	if (total === undefined) return undefined;
	const ticks = readCounters(`${directory}/cpuacct.stat`);
	const perCpu = parseUsageOfAll(readValue(`${directory}/cpuacct.usage_all`) ?? '');
	const totals = (readValue(`${directory}/cpuacct.usage_percpu`) ?? '')
		.split(/\s+/)
		.map(parseCounter)
		.filter((value) => value !== undefined);
	return {
		total,
		user: (ticks?.get('user') ?? 0n) * nanosecondsPerTick,
		kernel: (ticks?.get('system') ?? 0n) * nanosecondsPerTick,
		perCpu: { total: totals, ...perCpu },
	};
}

/** `cpu user system`, and a line for each processor; since Linux 4.9. */
function parseUsageOfAll(text: string): { user: bigint[]; kernel: bigint[] } {
	const all: { user: bigint[]; kernel: bigint[] } = { user: [], kernel: [] };
	for (const line of text.split('\n').slice(1)) {
		const [, user, kernel] = line.split(' ').map(parseCounter);
		if (user === undefined || kernel === undefined) continue;
		all.user.push(user);
		all.kernel.push(kernel);
	}
	return all;
}

function unifiedUsage(directory: string): Usage | undefined {
	const stat = readCounters(`${directory}/cpu.stat`);
	if (stat === undefined) return undefined;
	const nanoseconds = (key: string) => (stat.get(key) ?? 0n) * 1000n;
	return { total: nanoseconds('usage_usec'), user: nanoseconds('user_usec'), kernel: nanoseconds('system_usec') };
}

function throttling(paths: CgroupPaths): CpuStats['throttling'] {
	const place = controllerDirectory(paths, 'cpu');
	const stat = place && readCounters(`${place.directory}/cpu.stat`);
	const count = (key: string) => stat?.get(key) ?? 0n;
	return {
		periods: count('nr_periods'),
		throttledPeriods: count('nr_throttled'),
		throttledTime: place?.version === 1 ? count('throttled_time') : count('throttled_usec') * 1000n,
	};
}
