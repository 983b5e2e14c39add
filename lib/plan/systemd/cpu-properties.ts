import type { CpuResources } from '../../spec/types.js';
import { parseCpuList } from '../number-list.js';
import { weightOfShares } from '../resources/cpu-weight.js';
import { isSet } from '../resources/limit.js';
import { infinity, type PropertyTarget, property, type UnitProperty } from './unit-property.js';

/** cpu.idle, as a weight of 0, since systemd 252. */
export const idleVersion = 252;

/** Weight and bandwidth. */
export function* cpuProperties(
	{ shares, quota, period, idle }: CpuResources,
	{ unified, version }: PropertyTarget,
): Generator<UnitProperty> {
	if (unified && idle === 1) {
		if (version >= idleVersion) yield property('CPUWeight', 't', 0n);
	} else if (isSet(shares)) {
		yield unified
			? property('CPUWeight', 't', BigInt(weightOfShares(BigInt(shares))))
			: property('CPUShares', 't', BigInt(shares));
	}
	yield* quotaProperties(quota, period, version);
}

/** Microseconds; the kernel's own. */
const defaultPeriod = 100_000n;

/** @param quota microseconds in each `period`; below 0: no limit */
export function* quotaProperties(
	quota: bigint | number | undefined,
	period: bigint | number | undefined,
	version: number,
): Generator<UnitProperty> {
	if (!isSet(quota) && !isSet(period)) return;
	if (isSet(period) && version >= 242) yield property('CPUQuotaPeriodUSec', 't', BigInt(period));
	if (!isSet(quota) || quota < 0) {
		yield property('CPUQuotaPerSecUSec', 't', infinity);
		return;
	}
	const perSecond = (BigInt(quota) * 1_000_000n) / (isSet(period) ? BigInt(period) : defaultPeriod);
	// In the unit's file it becomes whole percents, cut off: what is rounded up is never less than what was asked for.
	yield property('CPUQuotaPerSecUSec', 't', ((perSecond + 9_999n) / 10_000n) * 10_000n);
}

/** Processors and memory nodes. */
export function* cpusetProperties(
	{ cpus, mems }: CpuResources,
	{ unified, version }: PropertyTarget,
): Generator<UnitProperty> {
	if (!unified || version < 244) return;
	if (cpus !== undefined) yield property('AllowedCPUs', 'ay', bitBytes(cpus));
	if (mems !== undefined) yield property('AllowedMemoryNodes', 'ay', bitBytes(mems));
}

/** A list as cpuset(7) writes it, as a mask: the lowest eight in the first byte. */
export function bitBytes(list: string): number[] {
	const bytes: number[] = [];
	for (const number of parseCpuList(list)) {
		const index = Math.floor(number / 8);
		while (bytes.length <= index) bytes.push(0);
		bytes[index] = (bytes[index] ?? 0) | (1 << (number % 8));
	}
	return bytes;
}
