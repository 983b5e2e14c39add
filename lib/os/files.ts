/**
 * The files the runtime itself keeps: small, on tmpfs as a rule. They are read and written synchronously, because
 * such a call takes microseconds while a trip through the thread pool takes longer than `create` may spend on it.
 */
import { chmodSync, constants, existsSync, mkdirSync, rmdirSync, unlinkSync } from '../native/files.js';
import { native } from '../native/load.js';
import { dirname } from '../paths.js';
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
	const temporary = `${dirname(path)}/.tsrun-${Math.random().toString(36).slice(2)}`;
	try {
		native().replaceFile(path, temporary, text, mode);
	} catch (cause) {
		throw systemFailure(`cannot write ${path}`, cause, { path });
	}
}

/**
 * Writes a file that is not there yet. Readers may see a part of it; who may not, is told of it by another file.
 *
 * @param mode permission bits, set whatever the umask is
 * @throws TsrunError ERR_SYSTEM with system call, errno (EEXIST) and path; nothing is left behind
 */
export function writeNewFile(path: string, text: string, mode: number): void {
	try {
		native().createFile(path, text, mode);
	} catch (cause) {
		throw systemFailure(`cannot write ${path}`, cause, { path });
	}
}

/**
 * Puts the file `path` in the place of `other`, if there is one: readers see one of the two. Who is killed right then, or may not
 * unlink(2), leaves the old file at `path`.
 *
 * @throws TsrunError ERR_SYSTEM with system call, errno and path
 */
export function takePlace(path: string, other: string): void {
	try {
		native().takePlace(path, other);
	} catch (cause) {
		throw systemFailure(`cannot replace ${other}`, cause, { path: other });
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
	return readOrUndefined(path, options, false) ?? '';
}

/** {@link readTextFile}, but undefined where there is no such file, or no process or cgroup behind it any more. */
export function readTextFileIfThere(path: string, options: ReadOptions): string | undefined {
	return readOrUndefined(path, options, true);
}

function readOrUndefined(path: string, { maxBytes, follow = true }: ReadOptions, orUndefined: boolean) {
	try {
		return native().readFile(path, follow ? 0 : constants.O_NOFOLLOW, maxBytes, orUndefined, false);
	} catch (cause) {
		throw systemFailure(`cannot read ${path}${because(errnoOf(cause), maxBytes)}`, cause, { path });
	}
}

/** What the errno does not say of a file that was refused for what it is. */
function because(errno: string | undefined, maxBytes: number): string {
	if (errno === 'EINVAL') return ', which is not a regular file';
	if (errno === 'EFBIG') return `, which is longer than ${maxBytes} bytes`;
	return '';
}

/**
 * Makes one directory with exactly `mode`, whatever the umask is.
 *
 * @throws TsrunError ERR_SYSTEM with system call, errno (EEXIST when something is there already) and path
 */
export function makeDirectory(path: string, mode: number): void {
	let made = false;
	try {
		mkdirSync(path, mode);
		made = true;
		chmodSync(path, mode);
	} catch (cause) {
		if (made) removeDirectory(path);
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
