import * as z from 'zod/mini';
import { TsrunError } from '../errors/index.js';

function recordSchema() {
	const absolutePath = z.string().check(z.startsWith('/'));
	const decimal = z.string().check(z.regex(/^\d+$/));
	const count = z.int().check(z.minimum(0));
	return z.looseObject({
		version: count,
		id: z.string().check(z.minLength(1)),
		/** Absolute path of the bundle. */
		bundle: absolutePath,
		/** Absolute path of the root filesystem. */
		rootfs: absolutePath,
		/** The version of the runtime-spec the state document follows. */
		ociVersion: z.string(),
		/** RFC 3339, UTC. */
		created: z.string(),
		/** Init's pid in the pid namespace of the creator; 0 until there is one. */
		pid: count,
		/** Field 22 of init's /proc/PID/stat: with the pid it names the process, as pids are used again. */
		startTime: decimal,
		/** `create` has not come to its end: hooks are still running, or the creator died. */
		creating: z.optional(z.boolean()),
		annotations: z.optional(z.record(z.string(), z.string())),
		/** Who created it: the effective user id. */
		owner: z.looseObject({ uid: count }),
		cgroup: z.looseObject({
			manager: z.enum(['cgroupfs', 'systemd', 'disabled']),
			/** Directories of the container's cgroup: of the unified hierarchy, and by controller (or name=NAME) of v1. */
			paths: z.looseObject({
				v2: z.optional(absolutePath),
				v1: z.optional(z.record(z.string(), absolutePath)),
			}),
			/** Directories `create` made, parents first; `delete` removes these and no others. */
			created: z.array(absolutePath),
			/** Of the systemd manager: the transient unit. */
			unit: z.optional(z.string()),
		}),
		/** What init is in: new namespaces, or, with a path, joined ones. */
		namespaces: z.array(z.looseObject({ type: z.string(), path: z.optional(z.string()) })),
		/** linux.resources as it holds since the last update, JSON text; before the first one config.json has it. */
		resources: z.optional(z.string()),
		rootless: z.boolean(),
		terminal: z.boolean(),
		/** Kinds of hooks the configuration has, so that a verb knows without parsing it. */
		hooks: z.array(z.string()),
		/** Whether there is a program to start at all. */
		hasProcess: z.boolean(),
		/** What init does between `start` and the user's program, so that its faults can be worded. */
		startSteps: z.object({
			first: count,
			steps: z.array(z.object({ operation: z.string(), args: z.looseObject({}), pointer: z.string() })),
		}),
	});
}

/** What is remembered of a container; the contents of state.json. */
export type ContainerRecord = z.infer<ReturnType<typeof recordSchema>>;

let schema: ReturnType<typeof recordSchema> | undefined;

/** @throws TsrunError ERR_STATE_CORRUPT */
export function checkRecord(text: string, path: string, newest: number): ContainerRecord {
	const version = versionOf(text, path);
	if (version > newest) {
		throw corrupt(path, `it has version ${version}, and this tsrun knows versions up to ${newest}`);
	}
	schema ??= recordSchema();
	const result = schema.safeParse(JSON.parse(text));
	if (result.success) return result.data;
	const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
	throw corrupt(path, faults.join('; '), result.error);
}

function versionOf(text: string, path: string): number {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (cause) {
		throw corrupt(path, 'it is not JSON', cause);
	}
	const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
	if (typeof version !== 'number') throw corrupt(path, 'it has no version');
	return version;
}

function corrupt(path: string, reason: string, cause?: unknown): TsrunError {
	return new TsrunError('ERR_STATE_CORRUPT', `the record of the container cannot be used: ${reason}`, { path, cause });
}
