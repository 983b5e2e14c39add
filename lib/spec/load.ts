import { ConfigError, errnoText, TsrunError } from '../errors/index.js';
import { native } from '../native/index.js';
import type { PhaseTimer } from '../os/phase.js';
import { type LoadedSpec, readSpec } from './read.js';
import { realBundle } from './real-bundle.js';

/** Images and callers write these files, so what is read into memory has an end (CVE-2023-25153 was the lack of one). */
const MOST_BYTES = 16 * 1024 * 1024;

/** Configs of this process as they were read last, by file: a pool of workers runs one bundle over and over. */
const recent = new Map<string, LoadedSpec>();
const keptConfigs = 16;
const longestKept = 256 * 1024;

/**
 * Reads and validates `<bundle>/config.json`, or another `file` in its place. One that says what it said last time is not
 * validated again.
 *
 * @throws {TsrunError} ERR_BUNDLE when the file is missing, not a regular file, larger than 16 MiB or cannot be read.
 * @throws {ConfigError} as {@link readSpec}.
 */
export async function loadBundle(
	bundle: string,
	file = `${bundle}/config.json`,
	phase?: PhaseTimer,
): Promise<LoadedSpec> {
	const text = readText(file, phase);
	using _validate = phase?.('validate the config');
	const known = recent.get(file);
	const loaded = known?.text === text ? known : await readSpec(text, file);
	remember(file, loaded);
	return { ...loaded, bundle: await realBundle(bundle, loaded.spec) };
}

function remember(file: string, loaded: LoadedSpec): void {
	// To the end of the line, of which the first one leaves.
	recent.delete(file);
	if (loaded.text.length <= longestKept) recent.set(file, loaded);
	const [oldest] = recent.keys();
	if (recent.size > keptConfigs && oldest !== undefined) recent.delete(oldest);
}

// Synchronous: one small file, and each hop to the thread pool costs more than reading it.
function readText(file: string, phase: PhaseTimer | undefined): string {
	using _read = phase?.('read the config');
	try {
		const text = native().readFile(file, 0, MOST_BYTES, false, false) ?? '';
		// What is not UTF-8 becomes this character; it may stand in the file itself, too.
		if (text.includes('\uFFFD'))
			assertUtf8(native().readFile(file, 0, MOST_BYTES, false, true) ?? Buffer.alloc(0), file);
		return text;
	} catch (error) {
		if (error instanceof TsrunError) throw error;
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

/** @throws ConfigError ERR_CONFIG_SYNTAX with the first line that is not UTF-8 */
function assertUtf8(bytes: Buffer, file: string): void {
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(bytes);
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
