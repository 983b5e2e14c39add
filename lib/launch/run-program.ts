import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { abortError } from '../errors/index.js';
import { errnoOf } from '../os/index.js';
import { disownChild, ownChild } from './own-children.js';

/** How much of a program's output is kept for messages: its end, where the reason usually stands (CVE-2022-31030). */
const keptOutput = 4096;

/** How long after the program's end its output may still arrive. */
const drainLimitMs = 200;

export interface ProgramCall {
	/** What it is to the user, for the error of a call that is stopped. */
	readonly title: string;
	/** Absolute. */
	readonly path: string;
	/** With the name that it sees as its own; the path where there is none. */
	readonly args: readonly string[];
	/** The whole of it. */
	readonly environment: Readonly<Record<string, string>>;
	readonly cwd?: string | undefined;
	/** What it reads on its standard input. */
	readonly input: string;
	/** Milliseconds after which it is killed, with all of its process group; 0 for no limit. */
	readonly limitMs: number;
	readonly signal?: AbortSignal | undefined;
	/** Words the error of a program that cannot be executed. */
	readonly notExecuted: (cause: unknown) => Error;
}

export interface ProgramEnd {
	/** Wait status as wait(2) packs it, or -ETIMEDOUT. */
	readonly status: number;
	/** The end of what it printed, to either stream. */
	readonly output: string;
}

/**
 * Runs a program of the host in the runtime's own namespaces, and waits for its end.
 *
 * @throws TsrunError ERR_ABORTED when the signal fires, and what `notExecuted` gives
 */
export function runProgram(call: ProgramCall): Promise<ProgramEnd> {
	const { signal, limitMs } = call;
	const child = start(call);
	const { pid } = child;
	if (pid !== undefined) ownChild(pid);
	return new Promise<ProgramEnd>((resolve, reject) => {
		let output = Buffer.alloc(0);
		let status = 0;
		let timedOut = false;
		const collect = (chunk: Buffer) => {
			output = Buffer.concat([output, chunk]).subarray(-keptOutput);
		};
		const kill = () => killGroup(pid);
		const expire = () => {
			timedOut = true;
			kill();
		};
		const timer = limitMs === 0 ? undefined : setTimeout(expire, limitMs);
		let drain: NodeJS.Timeout | undefined;
		signal?.addEventListener('abort', kill, { once: true });
		const settle = () => {
			clearTimeout(timer);
			clearTimeout(drain);
			if (pid !== undefined) disownChild(pid);
			signal?.removeEventListener('abort', kill);
		};
		child.stdout.on('data', collect);
		child.stderr.on('data', collect);
		// It need not read what it is told: EPIPE says nothing about its success.
		child.stdin.on('error', () => {});
		child.stdin.end(call.input);
		child.on('error', (cause) => {
			settle();
			reject(call.notExecuted(cause));
		});
		child.on('exit', (code, killer) => {
			status = code === null ? constants.signals[killer ?? 'SIGKILL'] : code << 8;
			// A process that the program left behind may hold the pipes open for ever: what it prints is not waited for.
			drain = setTimeout(() => {
				child.stdout.destroy();
				child.stderr.destroy();
			}, drainLimitMs);
		});
		child.on('close', () => {
			settle();
			if (signal?.aborted) reject(abortError(signal, call.title));
			else resolve({ status: timedOut ? -constants.errno.ETIMEDOUT : status, output: output.toString('utf8') });
		});
	});
}

function start({ path, args, environment, cwd, notExecuted }: ProgramCall): ChildProcessWithoutNullStreams {
	try {
		return spawn(path, args.slice(1), {
			argv0: args[0] ?? path,
			env: { ...environment },
			stdio: ['pipe', 'pipe', 'pipe'],
			// Its own process group, so that what it started can be killed with it.
			detached: true,
			...(cwd === undefined ? {} : { cwd }),
		});
	} catch (cause) {
		// Only some errno values come as an event: ENOENT, EACCES and EMFILE do in Node, ENOEXEC and E2BIG are thrown.
		throw notExecuted(cause);
	}
}

function killGroup(pid: number | undefined): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, 'SIGKILL');
	} catch (error) {
		if (errnoOf(error) !== 'ESRCH') throw error;
	}
}
