/**
 * Parsers of procfs texts (pure) and their readers. Formats: proc(5) and Documentation/filesystems/proc.rst.
 */
import { TsrunError } from '../errors/index.js';
import { readTextFile, readTextFileIfThere } from './files.js';

/** A machine with thousands of mounts has a mountinfo of some megabytes; nothing sane is longer. */
const maxBytes = 64 * 1024 * 1024;

export interface ProcessStat {
	readonly pid: number;
	/** Name of the executable, at most 15 bytes; the process chooses it freely. */
	readonly command: string;
	/** `R` `S` `D` `T` `t` `Z` `X` `I`, ... */
	readonly state: string;
	readonly parent: number;
	/** Clock ticks since boot, decimal. Together with the pid it names a process for the time of a boot. */
	readonly startTime: string;
}

/**
 * Parses `/proc/PID/stat`. The command stands in parentheses and may itself hold spaces, parentheses and newlines,
 * so that it ends at the *last* closing parenthesis.
 *
 * @throws TsrunError ERR_SYSTEM when the text has another shape
 */
export function parseProcessStat(text: string): ProcessStat {
	const open = text.indexOf('(');
	const close = text.lastIndexOf(')');
	const pid = Number.parseInt(text, 10);
	// Field 3 (state) follows the parenthesis; field 22 is the start time.
	const fields = text.slice(close + 2).split(' ');
	const [state, parent] = fields;
	const startTime = fields[22 - 3];
	if (open < 0 || close < open || Number.isNaN(pid) || !state || !parent || !startTime || !/^\d+$/.test(startTime)) {
		throw new TsrunError('ERR_SYSTEM', `the stat file of a process has an unknown shape: ${JSON.stringify(text)}`);
	}
	return { pid, command: text.slice(open + 1, close), state, parent: Number(parent), startTime };
}

/** Reads `/proc/PID/stat`; undefined when there is no such process (any more). */
export function readProcessStat(pid: number | 'self'): ProcessStat | undefined {
	const text = readTextFileIfThere(`/proc/${pid}/stat`, { maxBytes });
	// A process that is reaped during the read leaves an empty text.
	return text === undefined || text === '' ? undefined : parseProcessStat(text);
}

/** One line of `/proc/PID/cgroup`: a hierarchy and where in it the process is. */
export interface CgroupMembership {
	/** 0 for the unified hierarchy. */
	readonly hierarchy: number;
	/** Controllers of a v1 hierarchy; empty for a named one and for the unified one. */
	readonly controllers: readonly string[];
	/** Of a named v1 hierarchy (`name=systemd`). */
	readonly name?: string;
	/** As seen from the root of the reader's cgroup namespace; may begin with `/..`. */
	readonly path: string;
}

export function parseProcessCgroup(text: string): CgroupMembership[] {
	const memberships: CgroupMembership[] = [];
	for (const line of text.split('\n')) {
		// The path is last and may hold colons.
		const first = line.indexOf(':');
		const second = line.indexOf(':', first + 1);
		const hierarchy = Number(line.slice(0, Math.max(first, 0)));
		if (first < 1 || second < 0 || line[second + 1] !== '/' || !Number.isInteger(hierarchy)) continue;
		const names = second === first + 1 ? [] : line.slice(first + 1, second).split(',');
		const name = names.find((one) => one.startsWith('name='))?.slice('name='.length);
		const path = line.slice(second + 1);
		memberships.push({
			hierarchy,
			controllers: name === undefined ? names : names.filter((one) => !one.startsWith('name=')),
			...(name === undefined ? {} : { name }),
			path: path.endsWith(' (deleted)') ? path.slice(0, -' (deleted)'.length) : path,
		});
	}
	return memberships;
}

/** Reads `/proc/PID/cgroup`; undefined when there is no such process, or no cgroups in this kernel. */
export function readProcessCgroup(pid: number | 'self'): CgroupMembership[] | undefined {
	const text = readTextFileIfThere(`/proc/${pid}/cgroup`, { maxBytes });
	return text === undefined ? undefined : parseProcessCgroup(text);
}

/** One line of `/proc/PID/mountinfo`. */
export interface MountInfo {
	readonly id: number;
	readonly parent: number;
	/** `major:minor` of the file system. */
	readonly device: string;
	/** Which directory of the file system is mounted. */
	readonly root: string;
	readonly mountPoint: string;
	readonly options: readonly string[];
	/** Optional fields: `shared:N`, `master:N`, `propagate_from:N`, `unbindable`. */
	readonly propagation: readonly string[];
	readonly type: string;
	readonly source: string;
	/** Options of the file system, not of the mount. */
	readonly superOptions: readonly string[];
}

/** Parses mountinfo; lines of an unknown shape are left out. The order is the kernel's. */
export function parseMountInfo(text: string): MountInfo[] {
	const mounts: MountInfo[] = [];
	for (const line of text.split('\n')) {
		const mount = parseMountInfoLine(line);
		if (mount !== undefined) mounts.push(mount);
	}
	return mounts;
}

/** One line of mountinfo; undefined when it has an unknown shape. */
export function parseMountInfoLine(line: string): MountInfo | undefined {
	const fields = line.split(' ');
	// Between the options and the separator stand any number of optional fields.
	const separator = fields.indexOf('-', 6);
	const [id, parent, device, root, mountPoint, options] = fields;
	const type = fields[separator + 1];
	if (separator < 0 || !id || !parent || !device || !root || !mountPoint || !options || !type) return undefined;
	return {
		id: Number(id),
		parent: Number(parent),
		device,
		root: unescapeMountField(root),
		mountPoint: unescapeMountField(mountPoint),
		options: options.split(','),
		propagation: fields.slice(6, separator),
		type: unescapeMountField(type),
		source: unescapeMountField(fields[separator + 2] ?? ''),
		superOptions: (fields[separator + 3] ?? '').split(','),
	};
}

/** Space, tab, newline and backslash stand in mountinfo as `\040`, `\011`, `\012` and `\134`. */
export function unescapeMountField(field: string): string {
	if (!field.includes('\\')) return field;
	return field.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** Reads the mounts of this process's mount namespace, as far as they are below its root. */
export function readMountInfo(): MountInfo[] {
	return parseMountInfo(readTextFile('/proc/self/mountinfo', { maxBytes }));
}

/** What `/proc/PID/status` tells about identity. */
export interface ProcessIdentity {
	/** Pid of the process that the thread belongs to. */
	readonly threadGroup: number | undefined;
	/** real, effective, saved, file system */
	readonly uids: readonly number[];
	readonly gids: readonly number[];
	/** The pid in each pid namespace, from the reader's inwards; empty before Linux 4.1. */
	readonly namespacePids: readonly number[];
}

export function parseProcessStatus(text: string): ProcessIdentity {
	const numbers = (key: string): number[] => {
		const line = new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(text)?.[1]?.trim();
		return line === undefined || line === '' ? [] : line.split(/\s+/).map(Number);
	};
	return {
		threadGroup: numbers('Tgid')[0],
		uids: numbers('Uid'),
		gids: numbers('Gid'),
		namespacePids: numbers('NSpid'),
	};
}

/** Reads `/proc/PID/status`; undefined when there is no such process. */
export function readProcessIdentity(pid: number | 'self'): ProcessIdentity | undefined {
	const text = readTextFileIfThere(`/proc/${pid}/status`, { maxBytes });
	return text === undefined || text === '' ? undefined : parseProcessStatus(text);
}

/** A line of `uid_map` or `gid_map`. */
export interface IdMapping {
	/** First id inside of the user namespace. */
	readonly inside: number;
	/** First id outside, as the reader's user namespace sees it. */
	readonly outside: number;
	readonly count: number;
}

export function parseIdMap(text: string): IdMapping[] {
	const mappings: IdMapping[] = [];
	for (const line of text.split('\n')) {
		const parts = /^\s*(\d+)\s+(\d+)\s+(\d+)\s*$/.exec(line);
		if (parts !== null) {
			mappings.push({ inside: Number(parts[1]), outside: Number(parts[2]), count: Number(parts[3]) });
		}
	}
	return mappings;
}
