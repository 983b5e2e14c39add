import { TsrunError } from '../errors/index.js';
import { longestDelayMs, unlessAborted } from '../os/index.js';
import type { ExecHandle } from './exec-handle.js';
import type { CreateOptions, ExecOptions, StdioOption } from './options.js';
import type { Output, OutputOptions } from './output.js';
import type { OwnedContainer } from './owned-container.js';

/** What `capture` is told beside what to run. */
export interface CaptureOptions extends OutputOptions {
	/** Standard input, which ends after it. Default: none, /dev/null. */
	readonly input?: string | Uint8Array | undefined;
	/** Milliseconds that the program may run; then it is killed, and the result says `timedOut`. Default: no limit. */
	readonly timeoutMs?: number | undefined;
	/** Kills the program; the call fails with ERR_ABORTED. */
	readonly signal?: AbortSignal | undefined;
}

/** Of `capture` of a program in a container. */
export type ExecCaptureOptions = CaptureOptions & Omit<ExecOptions, 'stdio' | 'terminal' | 'consoleSocket' | 'detach'>;

/** Of `capture` of a whole container. */
export type RunCaptureOptions = CaptureOptions &
	Omit<CreateOptions, 'stdio' | 'terminal' | 'consoleSocket' | 'detach' | 'keep'>;

/** What a program printed, and how it ended. */
export interface Captured extends Output {
	/** It was killed because `timeoutMs` were over. */
	readonly timedOut: boolean;
}

/** How long the ends of the pipes may take to come after everything that is known to hold them was killed. */
const lastWordsMs = 250;

/**
 * stdin, stdout and stderr of a process that is to be captured.
 *
 * @throws TsrunError ERR_ARGUMENT when its time cannot be measured: before there is a process
 */
export function captureStdio({ input, timeoutMs }: CaptureOptions): readonly [StdioOption, StdioOption, StdioOption] {
	if (timeoutMs !== undefined && !(timeoutMs >= 0)) {
		throw new TsrunError('ERR_ARGUMENT', `timeoutMs must be at least 0, found ${String(timeoutMs)}`);
	}
	return [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'];
}

/**
 * Sees a process to its end.
 *
 * @param end kills it, and what belongs to it
 * @throws TsrunError ERR_ABORTED
 */
export async function capture(
	running: ExecHandle | OwnedContainer,
	{ input, timeoutMs, maxBytes, signal }: CaptureOptions,
	end: () => Promise<void>,
): Promise<Captured> {
	if (running.stdin !== null) {
		// A program need not read all of its input.
		running.stdin.on('error', () => {});
		running.stdin.end(input);
	}
	const output = running.output({ maxBytes });
	const timer = timeoutMs === undefined ? undefined : new AbortController();
	const timeout = timer && setTimeout(() => timer.abort(), Math.min(timeoutMs ?? 0, longestDelayMs));
	const signals = [signal, timer?.signal].filter((one) => one !== undefined);
	try {
		return { ...(await unlessAborted(output, AbortSignal.any(signals), 'the capture')), timedOut: false };
	} catch (error) {
		await end();
		const captured = await lastWords(running, output);
		if (isAborted(error) && timer?.signal.aborted === true && signal?.aborted !== true) {
			return { ...captured, timedOut: true };
		}
		throw error;
	} finally {
		clearTimeout(timeout);
	}
}

/** The output up to now: somebody who was not found may hold the pipes open for ever. */
async function lastWords({ stdout, stderr }: ExecHandle | OwnedContainer, output: Promise<Output>): Promise<Output> {
	const limit = setTimeout(() => {
		stdout?.destroy();
		stderr?.destroy();
	}, lastWordsMs);
	try {
		return await output;
	} finally {
		clearTimeout(limit);
	}
}

function isAborted(error: unknown): boolean {
	return error instanceof TsrunError && error.code === 'ERR_ABORTED';
}
