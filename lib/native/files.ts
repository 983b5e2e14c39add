/**
 * The part of node:fs that the life of a container takes, by the addon: the same names and results, so that what uses it
 * reads like any other code for Node. Bun, which the program is compiled with, takes 2 ms to load node:fs, and a run of the
 * whole container about ten; a file that is missing is no exception here where that is an ordinary answer.
 *
 * What fails throws as node:fs does: an Error with `code` (ENOENT), `syscall` and `path`.
 */
import { native } from './load.js';

/** Flags of open(2) and access(2) that Linux has on all architectures alike, but for the last two. */
export const constants = {
	O_RDONLY: 0,
	O_WRONLY: 1,
	O_RDWR: 2,
	O_CREAT: 0o100,
	O_EXCL: 0o200,
	O_NOCTTY: 0o400,
	O_APPEND: 0o2000,
	O_NONBLOCK: 0o4000,
	/** Which node:fs does not name: of a file that is not opened, so that nothing happens to it, of whatever kind it is. */
	O_PATH: 0o10000000,
	// arm and powerpc have these two the other way round.
	O_DIRECTORY: process.arch === 'arm64' || process.arch === 'arm' ? 0o40000 : 0o200000,
	O_NOFOLLOW: process.arch === 'arm64' || process.arch === 'arm' ? 0o100000 : 0o400000,
	R_OK: 4,
	W_OK: 2,
	X_OK: 1,
} as const;

const typeMask = 0o170000;
const directory = 0o040000;
const regular = 0o100000;
const link = 0o120000;
const fifo = 0o010000;
const socket = 0o140000;

/** What stat(2) says. */
export class Status {
	readonly dev: number;
	readonly ino: number;
	readonly mode: number;
	readonly nlink: number;
	readonly uid: number;
	readonly gid: number;
	/** Bytes. */
	readonly size: number;

	constructor([dev = 0, ino = 0, mode = 0, nlink = 0, uid = 0, gid = 0, size = 0]: readonly number[]) {
		this.dev = dev;
		this.ino = ino;
		this.mode = mode;
		this.nlink = nlink;
		this.uid = uid;
		this.gid = gid;
		this.size = size;
	}

	isFile(): boolean {
		return (this.mode & typeMask) === regular;
	}

	isDirectory(): boolean {
		return (this.mode & typeMask) === directory;
	}

	isSymbolicLink(): boolean {
		return (this.mode & typeMask) === link;
	}

	isFIFO(): boolean {
		return (this.mode & typeMask) === fifo;
	}

	isSocket(): boolean {
		return (this.mode & typeMask) === socket;
	}
}

export interface DirectoryEntry {
	readonly name: string;
	/** A symbolic link to a directory is none. */
	readonly isDirectory: boolean;
}

const most = 2 ** 31;

/** Of a regular file, or one of procfs or cgroupfs; EISDIR or EINVAL otherwise. */
export function readFileSync(path: string, _encoding: 'utf8'): string {
	return native().readFile(path, 0, most, false, false) ?? '';
}

/** The same, but undefined where there is no such file, or no process or cgroup behind it any more. */
export function readFileIfThere(path: string): string | undefined {
	return native().readFile(path, 0, most, true, false);
}

/** Of a file that is there: nothing is created. */
export function writeFileSync(path: string, content: string | Uint8Array): void {
	native().writeFile(path, content);
}

/** The descriptor is close-on-exec. */
export function openSync(path: string, flags: number, mode = 0o666): number {
	return native().open(path, flags, mode);
}

export function closeSync(fd: number): void {
	native().close(fd);
}

/** @returns how many bytes were read; 0 at the end */
export function readSync(fd: number, buffer: Uint8Array): number {
	return native().read(fd, buffer, 0, buffer.length) ?? notNow('read');
}

/** @returns how many bytes were written */
export function writeSync(fd: number, content: string | Uint8Array, offset = 0): number {
	const bytes = typeof content === 'string' ? Buffer.from(content) : content;
	return native().write(fd, bytes, offset, bytes.length - offset) ?? notNow('write');
}

function notNow(syscall: string): never {
	throw Object.assign(new Error(`EAGAIN: resource temporarily unavailable, ${syscall}`), {
		code: 'EAGAIN',
		errno: 11,
		syscall,
	});
}

export function statSync(path: string): Status {
	return new Status(native().status(path, true) ?? nothing('stat', path));
}

/** Of a symbolic link itself. */
export function lstatSync(path: string): Status {
	return new Status(native().status(path, false) ?? nothing('lstat', path));
}

/** As {@link statSync}, but undefined where there is nothing. */
export function statIfThere(path: string): Status | undefined {
	const numbers = native().status(path, true);
	return numbers && new Status(numbers);
}

/** As {@link lstatSync}, but undefined where there is nothing. */
export function lstatIfThere(path: string): Status | undefined {
	const numbers = native().status(path, false);
	return numbers && new Status(numbers);
}

export function fstatSync(fd: number): Status {
	return new Status(native().status(fd, true) ?? nothing('fstat', String(fd)));
}

function nothing(syscall: string, path: string): never {
	throw Object.assign(new Error(`ENOENT: no such file or directory, ${syscall} '${path}'`), {
		code: 'ENOENT',
		errno: 2,
		syscall,
		path,
	});
}

/** Names of the entries. */
export function readdirSync(path: string): string[] {
	return readEntries(path).map(({ name }) => name);
}

const DT_UNKNOWN = 0;
const DT_DIR = 4;

/** Entries with their kinds. */
export function readEntries(path: string): DirectoryEntry[] {
	const list = native().readDirectory(path);
	const entries: DirectoryEntry[] = [];
	for (let index = 0; index < list.length; index += 2) {
		const name = String(list[index]);
		const type = list[index + 1];
		// Some file systems leave the kind to stat(2).
		const isDirectory =
			type === DT_UNKNOWN ? (lstatIfThere(`${path}/${name}`)?.isDirectory() ?? false) : type === DT_DIR;
		entries.push({ name, isDirectory });
	}
	return entries;
}

export function mkdirSync(path: string, mode = 0o777): void {
	native().mkdir(path, mode);
}

export function rmdirSync(path: string): void {
	native().rmdir(path);
}

export function unlinkSync(path: string): void {
	native().unlink(path);
}

export function chmodSync(path: string, mode: number): void {
	native().chmod(path, mode);
}

export function accessSync(path: string, mode: number): void {
	native().access(path, mode);
}

export function existsSync(path: string): boolean {
	return native().exists(path);
}

/** The magic number of the file system, statfs(2). */
export function statfsSync(path: string): { readonly type: number } {
	return { type: native().statfsType(path) };
}
