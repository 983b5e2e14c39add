import type { BlockIOResources } from '../../spec/types.js';
import { alone, isSet, type LimitGroup, type LimitRequest } from './limit.js';

const throttles = [
	{ name: 'throttleReadBpsDevice', legacy: 'read_bps_device', unified: 'rbps' },
	{ name: 'throttleWriteBpsDevice', legacy: 'write_bps_device', unified: 'wbps' },
	{ name: 'throttleReadIOPSDevice', legacy: 'read_iops_device', unified: 'riops' },
	{ name: 'throttleWriteIOPSDevice', legacy: 'write_iops_device', unified: 'wiops' },
] as const;

/** Weights and throttles of block devices. */
export function* blockIOLimits(request: LimitRequest): Generator<LimitGroup> {
	const { blockIO } = request.asked;
	const first = blockIO === undefined ? undefined : firstMember(blockIO);
	if (blockIO === undefined || first === undefined) return;
	const place = request.place('io', `/blockIO/${first}`);
	if (place === undefined) return;
	if (place.version === 1) yield* legacy(place.directory, blockIO);
	else yield* unified(request, place.directory, blockIO);
}

function firstMember(blockIO: BlockIOResources): string | undefined {
	if (isSet(blockIO.weight)) return 'weight';
	if (isSet(blockIO.leafWeight)) return 'leafWeight';
	return ['weightDevice' as const, ...throttles.map(({ name }) => name)].find((name) => blockIO[name]?.length);
}

// blkio.weight was CFQ's; since Linux 5.0 BFQ alone has weights, in files of its own.
function* legacy(directory: string, blockIO: BlockIOResources): Generator<LimitGroup> {
	const { weight, leafWeight } = blockIO;
	if (isSet(weight)) {
		const otherwise = { file: `${directory}/blkio.bfq.weight`, value: String(weight) };
		yield alone(`${directory}/blkio.weight`, weight, '/blockIO/weight', { otherwise });
	}
	if (isSet(leafWeight)) yield alone(`${directory}/blkio.leaf_weight`, leafWeight, '/blockIO/leafWeight');
	for (const [index, device] of (blockIO.weightDevice ?? []).entries()) {
		const pointer = `/blockIO/weightDevice/${index}`;
		const key = `${device.major}:${device.minor}`;
		// BFQ takes no 0; CFQ has known the word since Linux 4.2.
		const entry = { key, absent: `${key} default` };
		if (isSet(device.weight)) {
			const value = `${key} ${device.weight}`;
			const otherwise = { file: `${directory}/blkio.bfq.weight_device`, value };
			yield alone(`${directory}/blkio.weight_device`, value, `${pointer}/weight`, { otherwise, entry });
		}
		if (isSet(device.leafWeight)) {
			const file = `${directory}/blkio.leaf_weight_device`;
			yield alone(file, `${key} ${device.leafWeight}`, `${pointer}/leafWeight`, { entry });
		}
	}
	for (const { name, legacy: file } of throttles) {
		for (const [index, { major, minor, rate }] of (blockIO[name] ?? []).entries()) {
			const key = `${major}:${minor}`;
			yield alone(`${directory}/blkio.throttle.${file}`, `${key} ${rate}`, `/blockIO/${name}/${index}`, {
				entry: { key, absent: `${key} 0` },
			});
		}
	}
}

function* unified(request: LimitRequest, directory: string, blockIO: BlockIOResources): Generator<LimitGroup> {
	const { weight, leafWeight } = blockIO;
	// BFQ takes the weight as it is (1 to 1000); io.cost has 1 to 10000 and a default of 100.
	if (isSet(weight)) {
		const otherwise = { file: `${directory}/io.weight`, value: String(costWeight(weight)) };
		yield alone(`${directory}/io.bfq.weight`, weight, '/blockIO/weight', { otherwise });
	}
	if (isSet(leafWeight)) request.refuse(noLeafWeight, '/blockIO/leafWeight');
	for (const [index, device] of (blockIO.weightDevice ?? []).entries()) {
		const pointer = `/blockIO/weightDevice/${index}`;
		const key = `${device.major}:${device.minor}`;
		if (isSet(device.weight)) {
			yield alone(`${directory}/io.bfq.weight`, `${key} ${device.weight}`, `${pointer}/weight`, {
				otherwise: { file: `${directory}/io.weight`, value: `${key} ${costWeight(device.weight)}` },
				entry: { key, absent: `${key} default` },
			});
		}
		if (isSet(device.leafWeight)) request.refuse(noLeafWeight, `${pointer}/leafWeight`);
	}
	for (const { name, unified: word } of throttles) {
		for (const [index, { major, minor, rate }] of (blockIO[name] ?? []).entries()) {
			const key = `${major}:${minor}`;
			// The 0 with which v1 takes a limit away is ERANGE to io.max.
			const value = `${key} ${word}=${rate === 0n ? 'max' : rate}`;
			yield alone(`${directory}/io.max`, value, `/blockIO/${name}/${index}`, {
				entry: { key, absent: `${key} rbps=max wbps=max riops=max wiops=max` },
			});
		}
	}
}

const noLeafWeight = 'cannot be had on cgroup v2: processes there have no weight of their own beside the cgroups';

/** A weight of 10 to 1000 on the scale of 1 to 10000. */
export function costWeight(weight: number | bigint): number {
	return 1 + Math.floor(((Number(weight) - 10) * 9999) / 990);
}
