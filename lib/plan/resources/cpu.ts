import type { CpuResources } from '../../spec/types.js';
import { weightOfShares } from './cpu-weight.js';
import { alone, isSet, type LimitGroup, type LimitRequest, together, write } from './limit.js';

/** kernel/sched/sched.h, MIN_SHARES and MAX_SHARES: what is outside is silently cut by the kernel. */
const leastShares = 2n;
const mostShares = 262_144n;

/** The kernel's own, in microseconds; cpu.max has to name one. */
const defaultPeriod = 100_000n;

/** Weight, bandwidth, burst, idle and realtime. */
export function* cpuLimits(request: LimitRequest): Generator<LimitGroup> {
	const { cpu } = request.asked;
	if (cpu === undefined) return;
	const first = firstMember(cpu);
	if (first === undefined) return;
	const place = request.place('cpu', `/cpu/${first}`);
	if (place === undefined) return;
	const whole = request.whole.cpu ?? cpu;
	if (place.version === 1) yield* legacy(request, place.directory, cpu, whole);
	else yield* unified(request, place.directory, cpu, whole);
}

const numbers = ['shares', 'quota', 'period', 'realtimeRuntime', 'realtimePeriod'] as const;

function firstMember(cpu: CpuResources): string | undefined {
	const number = numbers.find((name) => isSet(cpu[name]));
	if (number !== undefined) return number;
	if (cpu.burst !== undefined) return 'burst';
	return cpu.idle === undefined ? undefined : 'idle';
}

function* legacy(
	request: LimitRequest,
	directory: string,
	asked: CpuResources,
	whole: CpuResources,
): Generator<LimitGroup> {
	yield* realtime(directory, asked);
	const weight = sharesToWrite(asked, whole);
	yield* idle(directory, 'cpu.shares', asked);
	if (isSet(weight)) {
		if (weight < leastShares || weight > mostShares) {
			request.refuse(`must be from ${leastShares} to ${mostShares} on cgroup v1, found ${weight}`, '/cpu/shares');
		}
		yield alone(`${directory}/cpu.shares`, weight, '/cpu/shares');
	}
	const writes = [
		...(isSet(asked.period) ? [write(`${directory}/cpu.cfs_period_us`, asked.period, '/cpu/period')] : []),
		...(isSet(asked.quota) ? [write(`${directory}/cpu.cfs_quota_us`, unlimited(asked.quota, '-1'), '/cpu/quota')] : []),
		// Linux 5.14. Without it a container has less than it may, never more.
		...(asked.burst === undefined
			? []
			: [write(`${directory}/cpu.cfs_burst_us`, asked.burst, '/cpu/burst', { tolerated: ['ENOENT'] })]),
	];
	if (writes.length > 0) yield together(writes);
}

// A task that is scheduled by SCHED_FIFO or SCHED_RR cannot enter a cgroup without realtime bandwidth
// (Documentation/scheduler/sched-rt-group.rst).
function* realtime(directory: string, { realtimePeriod, realtimeRuntime }: CpuResources): Generator<LimitGroup> {
	const writes = [
		...(isSet(realtimePeriod) ? [write(`${directory}/cpu.rt_period_us`, realtimePeriod, '/cpu/realtimePeriod')] : []),
		...(isSet(realtimeRuntime)
			? [write(`${directory}/cpu.rt_runtime_us`, realtimeRuntime, '/cpu/realtimeRuntime')]
			: []),
	];
	if (writes.length > 0) yield together(writes, { beforeEntry: true });
}

function* unified(
	request: LimitRequest,
	directory: string,
	asked: CpuResources,
	whole: CpuResources,
): Generator<LimitGroup> {
	for (const name of ['realtimeRuntime', 'realtimePeriod'] as const) {
		if (isSet(asked[name]))
			request.refuse('cannot be had on cgroup v2, which does not share out realtime bandwidth', `/cpu/${name}`);
	}
	yield* idle(directory, 'cpu.weight', asked);
	const shares = sharesToWrite(asked, whole);
	if (isSet(shares)) yield alone(`${directory}/cpu.weight`, weightOfShares(BigInt(shares)), '/cpu/shares');
	const writes = [
		...(isSet(asked.quota) || isSet(asked.period) ? [bandwidth(directory, asked, whole)] : []),
		...(asked.burst === undefined ? [] : [write(`${directory}/cpu.max.burst`, asked.burst, '/cpu/burst')]),
	];
	if (writes.length > 0) yield together(writes);
}

function bandwidth(directory: string, asked: CpuResources, { quota, period }: CpuResources) {
	const value = `${isSet(quota) ? unlimited(quota, 'max') : 'max'} ${isSet(period) ? period : defaultPeriod}`;
	return write(`${directory}/cpu.max`, value, isSet(asked.quota) ? '/cpu/quota' : '/cpu/period');
}

function unlimited(quota: bigint | number, word: string): string {
	return quota < 0 ? word : String(quota);
}

// Linux 5.15. Leaving SCHED_IDLE gives the cgroup the default weight, entering it takes its weight away.
function* idle(directory: string, weightFile: string, { idle }: CpuResources): Generator<LimitGroup> {
	if (idle === undefined) return;
	yield alone(`${directory}/cpu.idle`, idle, '/cpu/idle', {
		disturbs: [`${directory}/${weightFile}`],
		...(idle === 0 ? { tolerated: ['ENOENT'] } : {}),
	});
}

/** An idle cgroup has no weight of its own: the kernel answers EINVAL to one. It gets it when it stops being idle. */
function sharesToWrite(asked: CpuResources, whole: CpuResources): bigint | undefined {
	if (whole.idle === 1) return undefined;
	return asked.shares ?? (asked.idle === 0 ? whole.shares : undefined);
}
