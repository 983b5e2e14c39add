import type { CgroupLayout } from '../../host/cgroup-layout.js';
import type { Resources } from '../../spec/types.js';
import type { ControllerPlace } from './controller-place.js';

/** One value for one file of a cgroup, by one write(2). */
export interface CgroupWrite {
	/** Absolute. */
	readonly file: string;
	readonly value: string;
	/** JSON pointer of what asked for it. */
	readonly pointer: string;
	/** Errnos after which the write counts as done. */
	readonly tolerated?: readonly string[];
	/** What is written instead after an errno: ENOENT, the kernel has no `file`, unless it says another. */
	readonly otherwise?: { readonly file: string; readonly value: string; readonly after?: string };
	/** The file is a table, and this write is about one line of it. */
	readonly entry?: TableEntry;
	/** Other files whose value the kernel changes along with this one. */
	readonly disturbs?: readonly string[];
	/** Of a memory limit: what tells whether it comes too late. */
	readonly usage?: MemoryUsage;
}

/** How the line of a table is put back as it was. */
export interface TableEntry {
	/** The word that the line begins with. */
	readonly key: string;
	/** What is written where there was no such line. */
	readonly absent: string;
	/** The file shows the key and does not take it: only what follows it is written. */
	readonly bare?: boolean;
}

/** Where it stands how much memory is in use. */
export interface MemoryUsage {
	/** What is limited, in words: `memory`, `memory+swap`. */
	readonly of: string;
	/** The limit as it was asked for, bytes. */
	readonly limit: string;
	/** Files whose sum is the usage; those that are missing count nothing. */
	readonly current: readonly string[];
	readonly peak: string | null;
	/** Refuse a limit that is below the usage, where the kernel itself would kill for it. */
	readonly refuse: boolean;
}

/** Writes that may have to wait for each other: the kernel judges each by the values that stand at the time. */
export interface LimitGroup {
	readonly writes: readonly CgroupWrite[];
	/** To be written before a process enters the cgroup. */
	readonly beforeEntry: boolean;
}

/** What the limits of one controller are compiled from. */
export interface LimitRequest {
	/** What is to change: for `create` everything. */
	readonly asked: Resources;
	/** What holds afterwards, `asked` included: files that combine several values need all of them. */
	readonly whole: Resources;
	/** The cgroup has the kernel's own defaults. */
	readonly fresh: boolean;
	readonly mode: CgroupLayout['mode'];
	/** Where a controller is; undefined, and the request is refused on account of `pointer`, where it is not. */
	place(controller: ControllerName, pointer: string): ControllerPlace | undefined;
	/** The directory of the unified hierarchy if it can take this file; undefined with a refusal where not. */
	unifiedDirectory(file: string, pointer: string): string | undefined;
	warn(message: string, pointer: string): void;
	/** What cannot be done on this machine, and what to do about it. Everything is compiled before anything is refused. */
	refuse(message: string, pointer: string): void;
}

export type ControllerName =
	| 'cpu'
	| 'cpuset'
	| 'memory'
	| 'pids'
	| 'io'
	| 'hugetlb'
	| 'rdma'
	| 'net_cls'
	| 'net_prio'
	| 'devices';

export type LimitCompiler = (request: LimitRequest) => Iterable<LimitGroup>;

/** The rest of a write beside its file, value and pointer. */
export type WriteDetails = Omit<CgroupWrite, 'file' | 'value' | 'pointer'>;

export function write(file: string, value: string | bigint | number, pointer: string, details: WriteDetails = {}) {
	return { file, value: String(value), pointer, ...details };
}

/** A group of writes that belong together. */
export function together(writes: readonly CgroupWrite[], { beforeEntry = false } = {}): LimitGroup {
	return { writes, beforeEntry };
}

/** A write that depends on no other. */
export function alone(
	file: string,
	value: string | bigint | number,
	pointer: string,
	details: WriteDetails = {},
): LimitGroup {
	return together([write(file, value, pointer, details)]);
}

/**
 * Whether a number was asked for. Callers written in Go send the zero value for "not set", and every runtime has read
 * it so where a limit of zero makes no sense.
 */
export function isSet(value: bigint | number | undefined): value is bigint | number {
	return value !== undefined && BigInt(value) !== 0n;
}
