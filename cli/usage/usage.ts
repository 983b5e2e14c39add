import type { BlockIOEntry, ContainerStats, PressureStats } from '../../lib/index.js';

/**
 * What a container uses at one moment, as the few numbers that people compare. `undefined`: the kernel does not tell, because the
 * controller is not in the container's cgroup.
 */
export interface Usage {
	/** Milliseconds since the epoch. */
	readonly time: number;
	/** Nanoseconds of processor time. */
	readonly cpu: bigint | undefined;
	/** Periods in which a quota held it back, of all periods. */
	readonly throttled: { readonly periods: bigint; readonly of: bigint } | undefined;
	/** Bytes; without the part of the page cache that would be given up first, as `docker stats` counts. */
	readonly memory: bigint | undefined;
	/** Bytes; undefined for none. */
	readonly memoryLimit: bigint | undefined;
	readonly oomKills: bigint | undefined;
	readonly pids: bigint | undefined;
	/** undefined for none. */
	readonly pidsLimit: bigint | undefined;
	/** Bytes on block devices. */
	readonly io: { readonly read: bigint; readonly written: bigint } | undefined;
	/** Bytes on all interfaces but the loopback. */
	readonly network: { readonly received: bigint; readonly sent: bigint } | undefined;
	/** Percent of the last 10 s in which a task waited for the resource. */
	readonly pressure: { readonly cpu?: number; readonly memory?: number; readonly io?: number };
}

const unlimited = 0xffff_ffff_ffff_ffffn;
/** What v1 says where there is no limit: the largest number of pages, in bytes. */
const unlimitedPages = 0x7fff_ffff_ffff_0000n;

export function usageOf(stats: ContainerStats): Usage {
	const { cpu, memory, pids, blockIO } = stats;
	return {
		time: stats.time.getTime(),
		cpu: cpu?.total,
		throttled: cpu && { periods: cpu.throttling.throttledPeriods, of: cpu.throttling.periods },
		memory: memory && workingSet(memory),
		memoryLimit: memory && bounded(memory.usage.limit),
		oomKills: memory?.oomKills,
		pids: pids?.current,
		pidsLimit: pids && bounded(pids.limit),
		io: blockIO && { read: sum(blockIO.serviceBytes, 'read'), written: sum(blockIO.serviceBytes, 'write') },
		network: networkOf(stats),
		pressure: {
			...waiting('cpu', cpu?.pressure),
			...waiting('memory', memory?.pressure),
			...waiting('io', blockIO?.pressure),
		},
	};
}

function workingSet({ usage, details }: NonNullable<ContainerStats['memory']>): bigint {
	const inactive = details.get('total_inactive_file') ?? details.get('inactive_file') ?? 0n;
	return inactive < usage.current ? usage.current - inactive : usage.current;
}

function bounded(limit: bigint): bigint | undefined {
	return limit === unlimited || (limit & ~0xffffn) === unlimitedPages ? undefined : limit;
}

function sum(entries: readonly BlockIOEntry[], operation: string): bigint {
	return entries
		.filter((entry) => entry.operation.toLowerCase() === operation)
		.reduce((total, { value }) => total + value, 0n);
}

function networkOf({ network }: ContainerStats): Usage['network'] {
	const others = network?.filter(({ name }) => name !== 'lo');
	return (
		others && {
			received: others.reduce((total, { received }) => total + BigInt(received.bytes), 0n),
			sent: others.reduce((total, { sent }) => total + BigInt(sent.bytes), 0n),
		}
	);
}

function waiting(name: string, pressure: PressureStats | undefined): Record<string, number> {
	return pressure === undefined ? {} : { [name]: pressure.some.avg10 };
}

/** Percent of one processor between two moments; undefined where one of them does not tell. */
export function cpuPercent(before: Usage | undefined, now: Usage): number | undefined {
	if (before?.cpu === undefined || now.cpu === undefined || now.time <= before.time) return undefined;
	return Number(now.cpu - before.cpu) / ((now.time - before.time) * 10_000);
}

/** Percent of the periods between two moments in which a quota held the container back. */
export function throttledPercent(before: Usage | undefined, now: Usage): number | undefined {
	if (before?.throttled === undefined || now.throttled === undefined) return undefined;
	const periods = now.throttled.of - before.throttled.of;
	return periods > 0n ? (Number(now.throttled.periods - before.throttled.periods) * 100) / Number(periods) : 0;
}
