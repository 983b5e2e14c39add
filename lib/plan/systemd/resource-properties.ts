import type { BlockIOResources, MemoryResources, Resources } from '../../spec/types.js';
import { costWeight } from '../resources/block-io.js';
import { isSet } from '../resources/limit.js';
import { cpuProperties, cpusetProperties } from './cpu-properties.js';
import { unifiedProperties } from './unified-properties.js';
import { infinity, type PropertyTarget, property, type UnitProperty } from './unit-property.js';

/**
 * Limits as properties of the unit. systemd writes its idea of them to the cgroup whenever it is reloaded, so it has
 * to know what holds. What it has no property for is in the files of the cgroup alone; so are exact values of what it
 * rounds. A property that the systemd of this machine does not know yet is left out for the same reason.
 */
export function resourceProperties(resources: Resources, target: PropertyTarget): UnitProperty[] {
	const { memory, cpu, pids, blockIO, unified } = resources;
	const all = [
		...(memory === undefined ? [] : memoryProperties(memory, target)),
		...(cpu === undefined ? [] : [...cpuProperties(cpu, target), ...cpusetProperties(cpu, target)]),
		...(pids?.limit === undefined ? [] : [property('TasksMax', 't', tasksMax(pids.limit))]),
		...(blockIO === undefined ? [] : blockIOProperties(blockIO, target)),
		...(unified === undefined || !target.unified ? [] : unifiedProperties(unified, target)),
	];
	// The last one counts: files of `unified` have the last word in the cgroup as well.
	return [...new Map(all.map((one) => [one.name, one])).values()];
}

function* memoryProperties(
	{ limit, reservation, swap }: MemoryResources,
	{ unified }: PropertyTarget,
): Generator<UnitProperty> {
	if (isSet(limit)) yield property(unified ? 'MemoryMax' : 'MemoryLimit', 't', orInfinity(limit));
	if (!unified) return;
	if (isSet(reservation)) yield property('MemoryLow', 't', orInfinity(reservation));
	if (isSet(swap) && (swap < 0 || limit === -1n)) yield property('MemorySwapMax', 't', orInfinity(swap));
	else if (isSet(swap) && isSet(limit)) yield property('MemorySwapMax', 't', BigInt(swap) - BigInt(limit));
	else if (limit === -1n) yield property('MemorySwapMax', 't', infinity);
}

// 0 cannot be said; with 1 the container's process can make no other one either.
function tasksMax(limit: bigint): bigint {
	if (limit < 0n) return infinity;
	return limit === 0n ? 1n : limit;
}

const throttles = [
	['throttleReadBpsDevice', 'IOReadBandwidthMax'],
	['throttleWriteBpsDevice', 'IOWriteBandwidthMax'],
	['throttleReadIOPSDevice', 'IOReadIOPSMax'],
	['throttleWriteIOPSDevice', 'IOWriteIOPSMax'],
] as const;

function* blockIOProperties(blockIO: BlockIOResources, { unified }: PropertyTarget): Generator<UnitProperty> {
	const { weight, weightDevice = [] } = blockIO;
	if (!unified) {
		if (isSet(weight)) yield property('BlockIOWeight', 't', BigInt(weight));
		return;
	}
	if (isSet(weight)) yield property('IOWeight', 't', BigInt(costWeight(weight)));
	const weights = weightDevice.flatMap((device) =>
		isSet(device.weight) ? [[blockDevice(device), BigInt(costWeight(device.weight))]] : [],
	);
	if (weights.length > 0) yield property('IODeviceWeight', 'a(st)', weights);
	for (const [member, name] of throttles) {
		const entries = (blockIO[member] ?? []).map((device) => [
			blockDevice(device),
			device.rate === 0n ? infinity : BigInt(device.rate),
		]);
		if (entries.length > 0) yield property(name, 'a(st)', entries);
	}
}

function blockDevice({ major, minor }: { readonly major: number | bigint; readonly minor: number | bigint }): string {
	return `/dev/block/${major}:${minor}`;
}

function orInfinity(bytes: bigint | number): bigint {
	return bytes < 0 ? infinity : BigInt(bytes);
}
