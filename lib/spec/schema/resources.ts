import * as z from 'zod/mini';
import { blockIOSchema } from './block-io.js';
import { deviceRuleSchema } from './devices.js';
import {
	cString,
	int64,
	integer,
	nonEmpty,
	optionalBoolean,
	optionalText,
	uint32,
	uint64,
	wideInteger,
} from './scalars.js';

/** Bytes, or -1 for no limit. */
const bytes = z.optional(wideInteger(-1n, 2n ** 63n - 1n));

const memorySchema = z.object({
	limit: bytes,
	reservation: bytes,
	/** Memory and swap together. */
	swap: bytes,
	kernel: bytes,
	kernelTCP: bytes,
	swappiness: z.optional(wideInteger(0n, 100n)),
	disableOOMKiller: optionalBoolean,
	useHierarchy: optionalBoolean,
	checkBeforeUpdate: optionalBoolean,
});

/** Times are microseconds. */
const cpuSchema = z.object({
	shares: z.optional(uint64),
	quota: z.optional(int64),
	burst: z.optional(uint64),
	period: z.optional(uint64),
	realtimeRuntime: z.optional(int64),
	realtimePeriod: z.optional(uint64),
	// Handed to the kernel as they are: cpuset files know more notations than a plain list.
	cpus: optionalText,
	mems: optionalText,
	idle: z.optional(integer(0, 1)),
});

const networkSchema = z.object({
	classID: z.optional(uint32),
	priorities: z.optional(z.array(z.object({ name: nonEmpty, priority: uint32 }))),
});

const rdmaSchema = z.object({
	hcaHandles: z.optional(uint32),
	hcaObjects: z.optional(uint32),
});

export const resourcesSchema = z.object({
	devices: z.optional(z.array(deviceRuleSchema)),
	memory: z.optional(memorySchema),
	cpu: z.optional(cpuSchema),
	pids: z.optional(z.object({ limit: z.optional(int64) })),
	blockIO: z.optional(blockIOSchema),
	hugepageLimits: z.optional(z.array(z.object({ pageSize: cString, limit: uint64 }))),
	network: z.optional(networkSchema),
	rdma: z.optional(z.record(z.string(), rdmaSchema)),
	unified: z.optional(z.record(z.string(), cString)),
});
