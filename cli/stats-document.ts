import {
	type BlockIOEntry,
	type ContainerStats,
	cpusetSwitches,
	type MemoryUsage,
	type NetworkInterfaceStats,
} from '../lib/index.js';

/**
 * The `data` of runc's `events`. Members that are zero are left out where runc does so, because callers that know
 * runc read their absence as zero.
 */
export function statsDocument(stats: ContainerStats): object {
	return {
		cpu: cpu(stats),
		cpuset: cpuset(stats),
		memory: memory(stats),
		pids: pids(stats),
		blkio: blkio(stats),
		hugetlb: hugetlb(stats),
		intel_rdt: intelRdt(stats),
		network_interfaces: stats.network?.map(networkInterface) ?? null,
	};
}

function cpu({ cpu }: ContainerStats): object {
	if (cpu === undefined) return {};
	const { throttling, perCpu, pressure } = cpu;
	return {
		usage: {
			total: unlessZero(cpu.total),
			percpu: unlessEmpty(perCpu?.total),
			percpu_kernel: unlessEmpty(perCpu?.kernel),
			percpu_user: unlessEmpty(perCpu?.user),
			kernel: cpu.kernel,
			user: cpu.user,
		},
		throttling: unlessBare({
			periods: unlessZero(throttling.periods),
			throttledPeriods: unlessZero(throttling.throttledPeriods),
			throttledTime: unlessZero(throttling.throttledTime),
		}),
		psi: pressure,
	};
}

function cpuset({ cpuset }: ContainerStats): object {
	const { cpu_exclusive, ...others } = Object.fromEntries(
		cpusetSwitches.map((name) => [name, cpuset?.switches[name] ?? 0]),
	);
	return { cpus: unlessEmpty(cpuset?.cpus), cpu_exclusive, mems: unlessEmpty(cpuset?.mems), ...others };
}

function memory({ memory }: ContainerStats): object {
	if (memory === undefined) return {};
	const { usage, withSwap, kernel, kernelTcp, details, pressure } = memory;
	return {
		cache: unlessZero(memory.cache),
		usage: memoryEntry(usage),
		swap: memoryEntry(withSwap),
		kernel: memoryEntry(kernel),
		kernelTCP: memoryEntry(kernelTcp),
		raw: details.size === 0 ? undefined : Object.fromEntries(details),
		psi: pressure,
	};
}

function memoryEntry(entry: MemoryUsage | undefined): object | undefined {
	if (entry === undefined || [entry.limit, entry.current, entry.peak, entry.failures].every((value) => value === 0n)) {
		return undefined;
	}
	return {
		limit: entry.limit,
		usage: unlessZero(entry.current),
		max: unlessZero(entry.peak),
		failcnt: entry.failures,
	};
}

const unlimited = 0xffff_ffff_ffff_ffffn;

function pids({ pids }: ContainerStats): object {
	if (pids === undefined) return {};
	// Of processes, and of them alone, "no limit" is 0.
	return { current: unlessZero(pids.current), limit: pids.limit === unlimited ? undefined : unlessZero(pids.limit) };
}

function blkio({ blockIO }: ContainerStats): object {
	if (blockIO === undefined) return {};
	const entries = (list: readonly BlockIOEntry[]) => unlessEmpty(list.map(blkioEntry));
	return {
		ioServiceBytesRecursive: entries(blockIO.serviceBytes),
		ioServicedRecursive: entries(blockIO.serviced),
		ioQueueRecursive: entries(blockIO.queued),
		ioServiceTimeRecursive: entries(blockIO.serviceTime),
		ioWaitTimeRecursive: entries(blockIO.waitTime),
		ioMergedRecursive: entries(blockIO.merged),
		ioTimeRecursive: entries(blockIO.time),
		sectorsRecursive: entries(blockIO.sectors),
		psi: blockIO.pressure,
	};
}

function blkioEntry({ major, minor, operation, value }: BlockIOEntry): object {
	return {
		major: unlessZero(major),
		minor: unlessZero(minor),
		op: operation === '' ? undefined : operation,
		value: unlessZero(value),
	};
}

function hugetlb({ hugetlb = {} }: ContainerStats): object {
	return Object.fromEntries(
		Object.entries(hugetlb).map(([size, { usage, peak, failures }]) => [
			size,
			{ usage: unlessZero(usage), max: unlessZero(peak), failcnt: failures },
		]),
	);
}

function intelRdt({ resctrl }: ContainerStats): object {
	if (resctrl === undefined) return {};
	const { cache, bandwidth, schemata, rootSchemata, monitored } = resctrl;
	// runc looks for these letters anywhere in the line, and takes the last one that has them.
	const of = (lines: readonly string[], resource: string) => lines.findLast((line) => line.includes(resource));
	const counted = (name: 'occupancy' | 'totalBytes' | 'localBytes') => monitored.some((one) => one[name] !== undefined);
	return {
		...(cache === undefined
			? {}
			: {
					l3_cache_info: {
						cbm_mask: cache.mask,
						min_cbm_bits: unlessZero(cache.minimumBits),
						num_closids: unlessZero(cache.groups),
					},
					l3_cache_schema_root: of(rootSchemata, 'L3'),
					l3_cache_schema: of(schemata, 'L3'),
				}),
		...(bandwidth === undefined
			? {}
			: {
					mem_bw_info: {
						bandwidth_gran: unlessZero(bandwidth.granularity),
						delay_linear: unlessZero(bandwidth.linearDelay),
						min_bandwidth: unlessZero(bandwidth.minimum),
						num_closids: unlessZero(bandwidth.groups),
					},
					mem_bw_schema_root: of(rootSchemata, 'MB'),
					mem_bw_schema: of(schemata, 'MB'),
				}),
		schemata: unlessEmpty(schemata),
		mbm_stats:
			counted('totalBytes') || counted('localBytes')
				? monitored.map((one) => ({ mbm_total_bytes: one.totalBytes ?? 0n, mbm_local_bytes: one.localBytes ?? 0n }))
				: undefined,
		cmt_stats: counted('occupancy') ? monitored.map((one) => ({ llc_occupancy: one.occupancy ?? 0n })) : undefined,
	};
}

function networkInterface({ name, received, sent }: NetworkInterfaceStats): object {
	return {
		Name: name,
		RxBytes: received.bytes,
		RxPackets: received.packets,
		RxErrors: received.errors,
		RxDropped: received.dropped,
		TxBytes: sent.bytes,
		TxPackets: sent.packets,
		TxErrors: sent.errors,
		TxDropped: sent.dropped,
	};
}

function unlessZero<N extends bigint | number>(value: N): N | undefined {
	return BigInt(value) === 0n ? undefined : value;
}

function unlessEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
	return list === undefined || list.length === 0 ? undefined : list;
}

function unlessBare(members: object): object | undefined {
	return Object.values(members).every((value) => value === undefined) ? undefined : members;
}
