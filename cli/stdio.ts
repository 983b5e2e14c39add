import { TsrunError } from '../lib/index.js';
import { native } from '../lib/native/load.js';
import { mostDocumentBytes } from './document.js';
import { fileCalls } from './file-calls.js';

/**
 * Writes all of the text to a standard stream. Synchronously where possible, because process.stdout costs start-up time; a pipe
 * that somebody made non-blocking and that is full is left to the event loop.
 *
 * @throws TsrunError ERR_SYSTEM, with errno EPIPE when the reader has gone.
 */
export async function writeAll(fd: 1 | 2, text: string): Promise<void> {
	// Buffer.from() is one of the functions that Bun has as text, and compiles when it is called.
	const bytes = new TextEncoder().encode(text);
	let written = 0;
	try {
		const { writeSync } = fileCalls();
		while (written < bytes.length) written += writeSync(fd, bytes, written);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw failure(fd, error as NodeJS.ErrnoException);
		await writeLater(fd, bytes.subarray(written));
	}
}

function writeLater(fd: 1 | 2, bytes: Uint8Array): Promise<void> {
	const stream = fd === 1 ? process.stdout : process.stderr;
	return new Promise((resolve, reject) => {
		const fail = (error: Error) => reject(failure(fd, error));
		stream.once('error', fail);
		stream.write(bytes, (error) => (error ? fail(error) : resolve()));
	});
}

function failure(fd: 1 | 2, error: NodeJS.ErrnoException): TsrunError {
	const stream = fd === 1 ? 'standard output' : 'standard error';
	return new TsrunError('ERR_SYSTEM', `cannot write to ${stream}: ${error.message}`, {
		syscall: 'write',
		errno: error.code,
		cause: error,
	});
}

/** {@link writeAll} to standard error, for the last words: when these cannot be written, nobody is left to be told. */
export async function writeLastWords(text: string): Promise<void> {
	try {
		await writeAll(2, text);
	} catch {
		// The exit status still says that something failed.
	}
}

/**
 * All of standard input as text.
 *
 * @throws TsrunError ERR_ARGUMENT when there is more of it than a document may have
 */
export async function readAll(): Promise<string> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of process.stdin) {
		const bytes = Buffer.from(chunk);
		length += bytes.length;
		if (length > mostDocumentBytes) {
			throw new TsrunError('ERR_ARGUMENT', `cannot read standard input: it has more than ${mostDocumentBytes} bytes`);
		}
		chunks.push(bytes);
	}
	return Buffer.concat(chunks).toString('utf8');
}

/** Asked of the kernel: process.stderr takes Bun 5 ms to make. */
export function isTerminal(fd: number): boolean {
	try {
		native().getWindowSize(fd);
		return true;
	} catch {
		return false;
	}
}
