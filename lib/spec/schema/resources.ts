import * as z from 'zod/mini';
import { blockIOSchema } from './block-io.js';
import { deviceRuleSchema } from './devices.js';
import {
	integer,
	integerFault,
	key,
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

/** Bytes, or -1 for no limit. */
const bytes = z.optional(wideInteger(-1n, 2n ** 63n - 1n));

const NO_SWAPPINESS = 2n ** 64n - 1n;

/** Docker's older releases hand on their -1 for "not set" as an unsigned number; runc has always read it so. */
const swappiness = scalar(
	(input) => (input === NO_SWAPPINESS ? undefined : integerFault(input, 0n, 100n)),
	(input) => (input === NO_SWAPPINESS ? undefined : BigInt(input as number | bigint)),
);

const memorySchema = z.object({
	limit: bytes,
	reservation: bytes,
	/** Memory and swap together. */
	swap: bytes,
	kernel: bytes,
	kernelTCP: bytes,
	swappiness: z.optional(swappiness),
	disableOOMKiller: optionalBoolean,
	useHierarchy: optionalBoolean,
	checkBeforeUpdate: optionalBoolean,
});

/** Times are microseconds. */
const cpuSchema = z.object({
	shares: optionalUint64,
	quota: optionalInt64,
	burst: optionalUint64,
	period: optionalUint64,
	realtimeRuntime: optionalInt64,
	realtimePeriod: optionalUint64,
	// Handed to the kernel as they are: cpuset files know more notations than a plain list.
	cpus: optionalText,
	mems: optionalText,
	idle: z.optional(integer(0, 1)),
});

const networkSchema = z.object({
	classID: optionalUint32,
	priorities: z.optional(z.array(z.object({ name: nonEmpty, priority: uint32 }))),
});

const rdmaSchema = z.object({
	hcaHandles: optionalUint32,
	hcaObjects: optionalUint32,
});

export const resourcesSchema = z.object({
	devices: z.optional(z.array(deviceRuleSchema)),
	memory: z.optional(memorySchema),
	cpu: z.optional(cpuSchema),
	pids: z.optional(z.object({ limit: optionalInt64 })),
	blockIO: z.optional(blockIOSchema),
	hugepageLimits: z.optional(z.array(z.object({ pageSize: text, limit: uint64 }))),
	network: z.optional(networkSchema),
	rdma: z.optional(z.record(key, rdmaSchema)),
	unified: z.optional(z.record(key, text)),
});
