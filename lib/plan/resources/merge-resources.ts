import type { BlockIOResources, MemoryResources, Resources } from '../../spec/types.js';

/**
 * What holds after an update: the members of `change` in place of those of `before`. Device rules stay as they are: an
 * update has never been able to change them, and callers send lists that are not meant to be applied.
 */
export function mergeResources(before: Resources, change: Resources): Resources {
	const { devices: _, ...rest } = change;
	return {
		...before,
		...rest,
		...(change.memory === undefined ? {} : { memory: mergeMemory(before.memory, change.memory) }),
		...(change.cpu === undefined ? {} : { cpu: { ...before.cpu, ...present(change.cpu) } }),
		...(change.pids === undefined ? {} : { pids: { ...before.pids, ...present(change.pids) } }),
		...(change.blockIO === undefined ? {} : { blockIO: mergeBlockIO(before.blockIO, change.blockIO) }),
		...(change.network === undefined ? {} : { network: { ...before.network, ...present(change.network) } }),
		...(change.rdma === undefined ? {} : { rdma: mergeRdma(before.rdma, change.rdma) }),
		...(change.unified === undefined ? {} : { unified: { ...before.unified, ...change.unified } }),
		...(change.hugepageLimits === undefined
			? {}
			: { hugepageLimits: upsert(before.hugepageLimits, change.hugepageLimits, ({ pageSize }) => pageSize) }),
	};
}

/** Lifting the limit of memory lifts that of memory and swap together, or it would go on holding. */
function mergeMemory(before: MemoryResources | undefined, change: MemoryResources): MemoryResources {
	const swap = change.limit === -1n && change.swap === undefined ? { swap: -1n } : {};
	return { ...before, ...present(change), ...swap };
}

type RdmaLimits = NonNullable<Resources['rdma']>;

function mergeRdma(before: RdmaLimits | undefined, change: RdmaLimits): RdmaLimits {
	const devices = Object.entries(change).map(([name, limits]) => [name, { ...before?.[name], ...present(limits) }]);
	return { ...before, ...Object.fromEntries(devices) };
}

const deviceLists = [
	'weightDevice',
	'throttleReadBpsDevice',
	'throttleWriteBpsDevice',
	'throttleReadIOPSDevice',
	'throttleWriteIOPSDevice',
] as const;

function mergeBlockIO(before: BlockIOResources | undefined, change: BlockIOResources): BlockIOResources {
	const lists = deviceLists
		.filter((name) => change[name] !== undefined)
		.map((name) => [
			name,
			upsert<DeviceEntry>(before?.[name], change[name], ({ major, minor }) => `${major}:${minor}`),
		]);
	return { ...before, ...present(change), ...Object.fromEntries(lists) };
}

interface DeviceEntry {
	readonly major: number;
	readonly minor: number;
}

/** The list with the entries of `change` in place of those with the same key, new ones at its end. */
function upsert<Entry extends object>(
	before: readonly Entry[] | undefined,
	change: readonly Entry[] | undefined,
	keyOf: (entry: Entry) => string,
): Entry[] {
	const byKey = new Map<string, Entry>();
	for (const entry of [...(before ?? []), ...(change ?? [])]) {
		const key = keyOf(entry);
		byKey.set(key, { ...byKey.get(key), ...present(entry) });
	}
	return [...byKey.values()];
}

/** The members that have a value: parsed documents may hold `undefined` for those that were left out. */
function present<T extends object>(members: T): T {
	return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
