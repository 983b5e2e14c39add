import type { Readable } from 'node:stream';
import type { Exit } from '../launch/init-process.js';
import { type Printing, streamOf } from './printing.js';

/** How the output of a process is collected. */
export interface OutputOptions {
	/** Of each stream, bytes that are kept; what comes after them is read and dropped. Default: 16 MiB. */
	readonly maxBytes?: number | undefined;
}

/** How a process ended, and what it printed, as UTF-8 text. */
export interface Output extends Exit {
	/** Empty where the stream is no pipe; of a process with a terminal, all that it printed. */
	readonly stdout: string;
	/** Empty where the stream is no pipe. */
	readonly stderr: string;
	/** There was more than `maxBytes`. */
	readonly truncated: boolean;
}

/** Streams that are read to their end, and the wait for the process behind them. */
export interface OutputSource extends Printing {
	wait(): Promise<Exit>;
}

const defaultMaxBytes = 16 * 1024 * 1024;

/** Reads both streams at once, so that neither pipe fills up while the other one is waited for. */
export async function collectOutput(
	source: OutputSource,
	{ maxBytes = defaultMaxBytes }: OutputOptions,
): Promise<Output> {
	const [exit, stdout, stderr] = await Promise.all([
		source.wait(),
		collect(streamOf(source, 'stdout'), maxBytes),
		collect(streamOf(source, 'stderr'), maxBytes),
	]);
	return { ...exit, stdout: stdout.text, stderr: stderr.text, truncated: stdout.truncated || stderr.truncated };
}

async function collect(stream: Readable | null, maxBytes: number): Promise<{ text: string; truncated: boolean }> {
	const pieces: Buffer[] = [];
	let size = 0;
	let truncated = false;
	if (stream !== null && !stream.destroyed && !stream.readableEnded) {
		await new Promise<void>((resolve, reject) => {
			stream.on('data', (piece: Buffer) => {
				const kept = piece.subarray(0, maxBytes - size);
				if (kept.length < piece.length) truncated = true;
				if (kept.length > 0) pieces.push(kept);
				size += kept.length;
			});
			stream.once('error', reject);
			// Also when somebody has given it up.
			stream.once('close', resolve);
		});
	}
	return { text: Buffer.concat(pieces).toString('utf8'), truncated };
}
