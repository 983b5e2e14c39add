import { blockIOSchema } from './block-io.js';
import { deviceRuleSchema } from './devices.js';
import {
	integer,
	integerFault,
	nonEmpty,
	optionalBoolean,
	optionalInt64,
	optionalText,
	optionalUint32,
	optionalUint64,
	scalar,
	text,
	uint32,
	uint64,
	wideInteger,
} from './scalars.js';
import { array, map, object, optional } from './shape.js';

/** Bytes, or -1 for no limit. */
const bytes = optional(wideInteger(-1n, 2n ** 63n - 1n));

const NO_SWAPPINESS = 2n ** 64n - 1n;

/** Docker's older releases hand on their -1 for "not set" as an unsigned number; runc has always read it so. */
const swappiness = scalar(
	(input) => (input === NO_SWAPPINESS ? undefined : integerFault(input, 0n, 100n)),
	(input) => (input === NO_SWAPPINESS ? undefined : BigInt(input as number | bigint)),
);

const memorySchema = object({
	limit: bytes,
	reservation: bytes,
	/** Memory and swap together. */
	swap: bytes,
	kernel: bytes,
	kernelTCP: bytes,
	swappiness: optional(swappiness),
	disableOOMKiller: optionalBoolean,
	useHierarchy: optionalBoolean,
	checkBeforeUpdate: optionalBoolean,
});

/** Times are microseconds. */
const cpuSchema = object({
	shares: optionalUint64,
	quota: optionalInt64,
	burst: optionalUint64,
	period: optionalUint64,
	realtimeRuntime: optionalInt64,
	realtimePeriod: optionalUint64,
	// Handed to the kernel as they are: cpuset files know more notations than a plain list.
	cpus: optionalText,
	mems: optionalText,
	idle: optional(integer(0, 1)),
});

const networkSchema = object({
	classID: optionalUint32,
	priorities: optional(array(object({ name: nonEmpty, priority: uint32 }))),
});

const rdmaSchema = object({
	hcaHandles: optionalUint32,
	hcaObjects: optionalUint32,
});

export const resourcesSchema = object({
	devices: optional(array(deviceRuleSchema)),
	memory: optional(memorySchema),
	cpu: optional(cpuSchema),
	pids: optional(object({ limit: optionalInt64 })),
	blockIO: optional(blockIOSchema),
	hugepageLimits: optional(array(object({ pageSize: text, limit: uint64 }))),
	network: optional(networkSchema),
	rdma: optional(map(rdmaSchema)),
	unified: optional(map(text)),
});
