import { TsrunError } from '../lib/index.js';
import { closeSync, constants, openSync, readSync } from '../lib/native/files.js';

/** The cap of config.json too: CVE-2023-25153 was a document that nobody had set a limit to. */
export const mostDocumentBytes = 16 * 1024 * 1024;

const chunkBytes = 64 * 1024;

/**
 * Reads the file that an option names as text: a regular file, or a pipe such as /dev/stdin. Synchronous, because engines
 * call `exec --process` often, and it is one small file.
 *
 * @param option its name, for the error
 * @throws TsrunError ERR_ARGUMENT when it cannot be read, or is larger than 16 MiB
 */
export function readDocument(option: string, file: string): string {
	try {
		return readBounded(file);
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		throw new TsrunError('ERR_ARGUMENT', `cannot read --${option} ${file}: ${message}`, {
			path: file,
			errno: code,
			cause: error,
		});
	}
}

function readBounded(file: string): string {
	const chunks: Uint8Array[] = [];
	const fd = openSync(file, constants.O_RDONLY);
	try {
		for (let length = 0; ; ) {
			const chunk = Buffer.allocUnsafe(chunkBytes);
			const count = readSync(fd, chunk);
			if (count === 0) return Buffer.concat(chunks).toString('utf8');
			length += count;
			if (length > mostDocumentBytes) throw new RangeError(`it has more than ${mostDocumentBytes} bytes`);
			chunks.push(chunk.subarray(0, count));
		}
	} finally {
		closeSync(fd);
	}
}
