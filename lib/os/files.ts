/**
 * The files the runtime itself keeps: small, on tmpfs as a rule. They are read and written synchronously, because
 * such a call takes microseconds while a trip through the thread pool takes longer than `create` may spend on it.
 */
import {
	chmodSync,
	closeSync,
	constants,
	existsSync,
	fchmodSync,
	fstatSync,
	mkdirSync,
	openSync,
	readSync,
	renameSync,
	rmdirSync,
	unlinkSync,
	writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { TsrunError } from '../errors/index.js';
import { errnoOf, systemFailure } from './system-failure.js';

/**
 * Replaces `path` as a whole: readers see the old text or the new one, never a part, and never an empty file.
 * The text is written as it is (a pid-file has no newline at its end: go-runc parses the raw bytes).
 * There is no fsync: what is kept describes processes of this boot, and none of them outlives a power failure.
 *
 * @param mode permission bits, set whatever the umask is
 * @throws TsrunError ERR_SYSTEM with system call, errno and path; nothing is left behind
 */
export function writeFileAtomic(path: string, text: string | Uint8Array, mode: number): void {
	// Not derived from the name of the file, which may be as long as a name can be. O_EXCL makes a collision an error.
	const temporary = join(dirname(path), `.tsrun-${Math.random().toString(36).slice(2)}`);
	try {
		writeNewFile(temporary, text, mode);
		renameSync(temporary, path);
	} catch (cause) {
		removeFile(temporary);
		throw systemFailure(`cannot write ${path}`, cause, { path });
	}
}

function writeNewFile(path: string, text: string | Uint8Array, mode: number): void {
	const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
	const bytes = typeof text === 'string' ? Buffer.from(text) : text;
	const fd = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
	try {
		for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
		fchmodSync(fd, mode);
	} finally {
		closeSync(fd);
	}
}

export interface ReadOptions {
	/** A longer file is refused. */
	readonly maxBytes: number;
	/** `false`: a symbolic link as the last component is refused (ELOOP). Default `true`. */
	readonly follow?: boolean;
}

/**
 * Reads a regular file, or a file of procfs or cgroupfs, as UTF-8.
 * It is opened non-blocking, so that a fifo in its place cannot make the runtime wait.
 *
 * @throws TsrunError ERR_SYSTEM with system call, errno and path (EFBIG: longer than `maxBytes`)
 */
export function readTextFile(path: string, options: ReadOptions): string {
	try {
		return readUnworded(path, options);
	} catch (cause) {
		throw systemFailure(`cannot read ${path}`, cause, { path });
	}
}

function readUnworded(path: string, { maxBytes, follow = true }: ReadOptions): string {
	const { O_RDONLY, O_NONBLOCK, O_NOCTTY, O_NOFOLLOW } = constants;
	const fd = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | (follow ? 0 : O_NOFOLLOW));
	try {
		const stat = fstatSync(fd);
		if (stat.isDirectory()) throw refused(path, 'EISDIR', 'it is a directory');
		if (!stat.isFile()) throw refused(path, 'EINVAL', 'it is not a regular file');
		return readAll(fd, path, stat.size, maxBytes);
	} finally {
		closeSync(fd);
	}
}

function readAll(fd: number, path: string, size: number, maxBytes: number): string {
	if (size > maxBytes) throw refused(path, 'EFBIG', `it is longer than ${maxBytes} bytes`);
	// Files of procfs and cgroupfs report a size of 0 or 4096; only reading to the end tells.
	let buffer = Buffer.allocUnsafe(Math.min(Math.max(size + 1, 4096), maxBytes + 1));
	let length = 0;
	for (;;) {
		const count = readSync(fd, buffer, length, buffer.length - length, null);
		if (count === 0) return buffer.toString('utf8', 0, length);
		length += count;
		if (length > maxBytes) throw refused(path, 'EFBIG', `it is longer than ${maxBytes} bytes`);
		if (length === buffer.length) {
			buffer = Buffer.concat([buffer], Math.min(buffer.length * 4, maxBytes + 1));
		}
	}
}

function refused(path: string, errno: string, reason: string): TsrunError {
	return new TsrunError('ERR_SYSTEM', `cannot read ${path}: ${reason}`, { syscall: 'read', errno, path });
}

/** {@link readTextFile}, but undefined where there is no such file, or no process or cgroup behind it any more. */
export function readTextFileIfThere(path: string, options: ReadOptions): string | undefined {
	try {
		return readUnworded(path, options);
	} catch (cause) {
		const errno = errnoOf(cause);
		// Between the open and the read, a process may have ended (ESRCH), or a cgroup have been removed (ENODEV).
		if (errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'ESRCH' || errno === 'ENODEV') return undefined;
		throw systemFailure(`cannot read ${path}`, cause, { path });
	}
}

/**
 * Makes one directory with exactly `mode`, whatever the umask is.
 *
 * @throws TsrunError ERR_SYSTEM with system call, errno (EEXIST when something is there already) and path
 */
export function makeDirectory(path: string, mode: number): void {
	try {
		mkdirSync(path, { mode });
		chmodSync(path, mode);
	} catch (cause) {
		throw systemFailure(`cannot make the directory ${path}`, cause, { path });
	}
}

/**
 * Makes a directory and those above it that are missing, with `mode`; one that is there already is left as it is.
 * Not mkdirSync's `recursive`: Node 20 never comes back from it where a parent exists and mkdir still says ENOENT (/proc).
 *
 * @throws TsrunError ERR_SYSTEM with system call, errno and path
 */
export function makeDirectories(path: string, mode: number): void {
	try {
		makeDirectory(path, mode);
	} catch (error) {
		const errno = errnoOf(error);
		if (errno === 'EEXIST') return;
		if (errno !== 'ENOENT' || existsSync(dirname(path))) throw error;
		makeDirectories(dirname(path), mode);
		makeDirectories(path, mode);
	}
}

/** Removes a file or a symbolic link. Returns false where there was none. */
export function removeFile(path: string): boolean {
	return removed(path, unlinkSync);
}

/** Removes an empty directory. Returns false where there was none. */
export function removeDirectory(path: string): boolean {
	return removed(path, rmdirSync);
}

function removed(path: string, call: (path: string) => void): boolean {
	try {
		call(path);
		return true;
	} catch (cause) {
		if (errnoOf(cause) === 'ENOENT') return false;
		throw systemFailure(`cannot remove ${path}`, cause, { path });
	}
}

/** Removes a directory with all that is in it. Symbolic links in it are removed, not followed. */
export async function removeTree(path: string): Promise<void> {
	const { remove } = await import('fs-extra/esm');
	try {
		await remove(path);
	} catch (cause) {
		throw systemFailure(`cannot remove ${path}`, cause, { path });
	}
}
