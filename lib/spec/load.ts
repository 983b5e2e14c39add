import { ConfigError, errnoText, TsrunError } from '../errors/index.js';
import { native } from '../native/index.js';
import { type LoadedSpec, readSpec } from './read.js';

/** Images and callers write these files, so what is read into memory has an end (CVE-2023-25153 was the lack of one). */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Reads and validates `<bundle>/config.json`, or another `file` in its place.
 *
 * @throws {TsrunError} ERR_BUNDLE when the file is missing, not a regular file, larger than 16 MiB or cannot be read.
 * @throws {ConfigError} as {@link readSpec}.
 */
export async function loadBundle(bundle: string, file = `${bundle}/config.json`): Promise<LoadedSpec> {
	return { ...(await readSpec(decode(readBounded(file), file), file)), bundle };
}

// Synchronous: one small file, and each hop to the thread pool costs more than reading it.
function readBounded(file: string): Buffer {
	try {
		return native().readFile(file, 0, MOST_BYTES, false, true) ?? Buffer.alloc(0);
	} catch (error) {
		const { code, syscall, message } = error as NodeJS.ErrnoException;
		const hint =
			code === 'ENOENT'
				? 'A bundle is a directory with a config.json: name it by --bundle, or have "tsrun spec" write one.'
				: undefined;
		const details = { path: file, errno: code, syscall, hint, cause: error };
		throw new TsrunError('ERR_BUNDLE', `cannot read ${file}: ${reasonOf(code) ?? message}`, details);
	}
}

function reasonOf(errno: string | undefined): string | undefined {
	if (errno === 'EINVAL' || errno === 'EISDIR') return 'not a regular file';
	if (errno === 'EFBIG') return `at most ${MOST_BYTES} bytes are allowed`;
	return errno === undefined ? undefined : errnoText(errno);
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
