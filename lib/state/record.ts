import { TsrunError } from '../errors/index.js';
import {
	absolutePath,
	anyText,
	count,
	decimal,
	flag,
	list,
	map,
	members,
	nullable,
	oneOf,
	optional,
	text,
} from './record-check.js';

/** What is remembered of a container; the contents of state.json. Members of later versions may stand beside these. */
export interface ContainerRecord {
	readonly version: number;
	readonly id: string;
	/** Absolute path of the bundle. */
	readonly bundle: string;
	/** Absolute path of the root filesystem. */
	readonly rootfs: string;
	/** The version of the runtime-spec the state document follows. */
	readonly ociVersion: string;
	/** RFC 3339, UTC. */
	readonly created: string;
	/** Init's pid in the pid namespace of the creator; 0 until there is one. */
	readonly pid: number;
	/** Field 22 of init's /proc/PID/stat: with the pid it names the process, as pids are used again. */
	readonly startTime: string;
	/** `create` has not come to its end: hooks are still running, or the creator died. */
	readonly creating?: boolean | undefined;
	readonly annotations?: Readonly<Record<string, string>> | undefined;
	/** Who created it: the effective user id. */
	readonly owner: { readonly uid: number };
	readonly cgroup: CgroupRecord;
	/** Of a container without a mount namespace: where it has mounts on the host, and how many there are not its own. */
	readonly mounts?: { readonly path: string; readonly below: number } | undefined;
	/** Its groups in resctrl: of control and of monitoring, and those that `delete` removes, outermost first. */
	readonly resctrl?:
		| {
				readonly root: string;
				readonly directory: string;
				readonly monitor: string | null;
				readonly created: readonly string[];
		  }
		| undefined;
	/** What init is in: new namespaces, or, with a path, joined ones. */
	readonly namespaces: readonly { readonly type: string; readonly path?: string | undefined }[];
	/** linux.resources as it holds since the last update, JSON text; before the first one config.json has it. */
	readonly resources?: string | undefined;
	readonly rootless: boolean;
	/** The container has a session keyring of its own, which processes of `exec` join. */
	readonly newKeyring: boolean;
	readonly terminal: boolean;
	/** Kinds of hooks the configuration has, so that a verb knows without parsing it. */
	readonly hooks: readonly string[];
	/** Whether there is a program to start at all. */
	readonly hasProcess: boolean;
	/** What init does between `start` and the user's program, so that its faults can be worded. */
	readonly startSteps: {
		readonly first: number;
		readonly steps: readonly {
			readonly operation: string;
			readonly args: Readonly<Record<string, unknown>>;
			readonly pointer: string;
		}[];
	};
}

export interface CgroupRecord {
	readonly manager: 'cgroupfs' | 'systemd' | 'disabled';
	/** Directories of the container's cgroup: of the unified hierarchy, and by controller (or name=NAME) of v1. */
	readonly paths: { readonly v2?: string | undefined; readonly v1?: Readonly<Record<string, string>> | undefined };
	/** Directories `create` made, parents first; `delete` removes these and no others. */
	readonly created: readonly string[];
	/** Of the systemd manager: the transient unit. */
	readonly unit?: string | undefined;
}

const checkMembers = members({
	id: text,
	bundle: absolutePath,
	rootfs: absolutePath,
	ociVersion: anyText,
	created: anyText,
	pid: count,
	startTime: decimal,
	creating: optional(flag),
	annotations: optional(map(anyText)),
	owner: members({ uid: count }),
	cgroup: members({
		manager: oneOf('cgroupfs', 'systemd', 'disabled'),
		paths: members({ v2: optional(absolutePath), v1: optional(map(absolutePath)) }),
		created: list(absolutePath),
		unit: optional(anyText),
	}),
	mounts: optional(members({ path: absolutePath, below: count })),
	resctrl: optional(
		members({
			root: absolutePath,
			directory: absolutePath,
			monitor: nullable(absolutePath),
			created: list(absolutePath),
		}),
	),
	namespaces: list(members({ type: text, path: optional(anyText) })),
	resources: optional(anyText),
	rootless: flag,
	newKeyring: flag,
	terminal: flag,
	hooks: list(text),
	hasProcess: flag,
	startSteps: members({
		first: count,
		steps: list(members({ operation: text, args: map(() => undefined), pointer: anyText })),
	}),
});

/** The version of state.json this code writes. It grows when an older tsrun would misread the file. */
export const recordVersion = 1;

/** The text of state.json. Integers beyond 2^53 have no place in a record: they are kept as decimal strings. */
export function serializeRecord(record: ContainerRecord): string {
	return `${JSON.stringify(record)}\n`;
}

/**
 * Reads the text of a state.json. Members this version does not know are kept, so that a rewrite does not lose them.
 *
 * @param path of the file, for the error
 * @throws TsrunError ERR_STATE_CORRUPT when it is not JSON, not a record, or written by a newer version
 */
export function parseRecord(json: string, path: string): ContainerRecord {
	let value: unknown;
	try {
		value = JSON.parse(json);
	} catch (cause) {
		throw corrupt(path, 'it is not JSON', cause);
	}
	const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
	if (typeof version !== 'number') throw corrupt(path, 'it has no version');
	if (version > recordVersion) {
		throw corrupt(path, `it has version ${version}, and this tsrun knows versions up to ${recordVersion}`);
	}
	const fault = checkMembers(value, '');
	if (fault !== undefined) throw corrupt(path, fault);
	return value as ContainerRecord;
}

function corrupt(path: string, reason: string, cause?: unknown): TsrunError {
	return new TsrunError('ERR_STATE_CORRUPT', `the record of the container cannot be used: ${reason}`, { path, cause });
}
