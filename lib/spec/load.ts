import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, errnoText, TsrunError } from '../errors/index.js';
import { type LoadedSpec, readSpec } from './read.js';

/** Images and callers write these files, so what is read into memory has an end (CVE-2023-25153 was the lack of one). */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Reads and validates `<bundle>/config.json`, or another `file` in its place.
 *
 * @throws {TsrunError} ERR_BUNDLE when the file is missing, not a regular file, larger than 16 MiB or cannot be read.
 * @throws {ConfigError} as {@link readSpec}.
 */
export async function loadBundle(bundle: string, file = join(bundle, 'config.json')): Promise<LoadedSpec> {
	return { ...(await readSpec(decode(readBounded(file), file), file)), bundle };
}

// Synchronous: one small file, and each hop to the thread pool costs more than reading it.
function readBounded(file: string): Buffer {
	let descriptor: number | undefined;
	try {
		// O_NONBLOCK, so that a fifo in the place of the file is refused below instead of waited for.
		descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
		const stat = fstatSync(descriptor);
		if (!stat.isFile()) throw new TsrunError('ERR_BUNDLE', `cannot read ${file}: not a regular file`, { path: file });
		if (stat.size > MOST_BYTES) {
			const message = `cannot read ${file}: it has ${stat.size} bytes, at most ${MOST_BYTES} are allowed`;
			throw new TsrunError('ERR_BUNDLE', message, { path: file });
		}
		return readFileSync(descriptor);
	} catch (error) {
		if (error instanceof TsrunError) throw error;
		throw unreadable(file, error as NodeJS.ErrnoException);
	} finally {
		if (descriptor !== undefined) closeSync(descriptor);
	}
}

function unreadable(file: string, error: NodeJS.ErrnoException): TsrunError {
	const reason = error.code === undefined ? error.message : errnoText(error.code);
	return new TsrunError('ERR_BUNDLE', `cannot read ${file}: ${reason}`, {
		path: file,
		errno: error.code,
		syscall: error.syscall,
		cause: error,
	});
}

function decode(bytes: Buffer, file: string): string {
	// A byte order mark stays in the text: RFC 8259 forbids it, and the JSON reader says so.
	const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
	try {
		return decoder.decode(bytes);
	} catch {
		const where = { file, line: firstBadLine(bytes), column: 1 };
		throw new ConfigError('ERR_CONFIG_SYNTAX', file, [{ pointer: '', where, message: 'the line is not valid UTF-8' }]);
	}
}

// A newline is never part of a longer UTF-8 sequence, so lines can be judged one by one.
function firstBadLine(bytes: Buffer): number {
	let line = 1;
	for (let start = 0; start < bytes.length; line += 1) {
		const newline = bytes.indexOf(0x0a, start);
		const end = newline === -1 ? bytes.length : newline + 1;
		const part = bytes.subarray(start, end);
		if (!part.equals(Buffer.from(part.toString('utf8'), 'utf8'))) return line;
		start = end;
	}
	return line;
}
