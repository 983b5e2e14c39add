import type { Readable, Writable } from 'node:stream';
import { TsrunError } from '../errors/index.js';
import type { Exit, InitProcess } from '../launch/init-process.js';
import type { Engine } from '../lifecycle/engine.js';
import { execInContainer, type ProcessOf } from '../lifecycle/exec.js';
import { native } from '../native/index.js';
import { errnoOf, signalNumber, systemFailure } from '../os/index.js';
import type { Process } from '../spec/index.js';
import type { ContainerDir } from '../state/index.js';
import { connected } from './connected.js';
import { programToRun } from './exec-arguments.js';
import { execProcess } from './exec-process.js';
import { type ConsoleOutcome, closeConsole } from './launch-settings.js';
import type { ExecOptions, StdioStreams, WaitOptions } from './options.js';
import type { Output, OutputOptions } from './output.js';
import { preservedDescriptors } from './preserved.js';
import type { Terminal } from './terminal.js';

/**
 * A program that was started in a container beside its own. Going out of scope (`await using`) kills it, with all that
 * descend from it, if it still runs.
 */
export class ExecHandle implements AsyncDisposable {
	readonly #process: InitProcess;
	readonly #streams: StdioStreams;
	readonly #console: ConsoleOutcome;
	#output: Promise<Output> | undefined;

	/** @internal */
	constructor(process: InitProcess, streams: StdioStreams, console: ConsoleOutcome) {
		this.#process = process;
		this.#streams = streams;
		this.#console = console;
	}

	/** Host pid. */
	get pid(): number {
		return this.#process.pid;
	}

	/** Our end of its standard input; null unless it is a pipe. */
	get stdin(): Writable | null {
		return this.#streams.stdin;
	}

	/** Our end of its standard output; null unless it is a pipe. */
	get stdout(): Readable | null {
		return this.#streams.stdout;
	}

	/** Our end of its standard error; null unless it is a pipe. */
	get stderr(): Readable | null {
		return this.#streams.stderr;
	}

	/** The terminal of a program with `tty`, if `stdio` was `pipe`. */
	get terminal(): Terminal | null {
		return this.#console.terminal ?? null;
	}

	/** How it ends: {@link ExecHandle.wait} without options. */
	get exit(): Promise<Exit> {
		return this.wait();
	}

	/**
	 * Waits for its end; every call has the same answer.
	 *
	 * @throws TsrunError ERR_ABORTED when the signal fires first; the program goes on
	 */
	async wait({ signal }: WaitOptions = {}): Promise<Exit> {
		const exit = await this.#process.exit(signal);
		await this.#console.relay?.end();
		return exit;
	}

	/**
	 * Waits for its end and for that of its pipes, and gives what it printed: all of it, or what comes from now on where
	 * the streams have been read before. Every call has the answer of the first one.
	 */
	output(options: OutputOptions = {}): Promise<Output> {
		this.#output ??= import('./output.js').then(({ collectOutput }) => collectOutput(this, options));
		return this.#output;
	}

	/**
	 * The lines that it prints, as they come: of standard output, or, with a terminal, of that. Read each stream once: this
	 * way, by `output`, or as a stream.
	 *
	 * @throws TsrunError ERR_ARGUMENT when `stdio` asked for no pipe
	 */
	async *lines(from: 'stdout' | 'stderr' = 'stdout'): AsyncGenerator<string, void, undefined> {
		const { linesOf } = await import('./lines.js');
		yield* linesOf(this, from);
	}

	/**
	 * Sends it a signal, given by its name or number.
	 *
	 * @param given default SIGTERM
	 * @throws TsrunError ERR_WRONG_STATUS when it has ended, ERR_SIGNAL
	 */
	kill(given: number | string = 'SIGTERM'): void {
		const signal = signalNumber(given);
		if (!this.#process.pidfd.open) throw new TsrunError('ERR_WRONG_STATUS', 'process has ended');
		try {
			native().pidfdSendSignal(this.#process.pidfd.number, signal);
		} catch (cause) {
			if (errnoOf(cause) === 'ESRCH') throw new TsrunError('ERR_WRONG_STATUS', 'process has ended', { cause });
			throw systemFailure(`cannot send signal ${signal}`, cause, {}, 'ERR_SIGNAL');
		}
	}

	/** Changes the size of its terminal, in characters; nothing happens without one. */
	resize(rows: number, columns: number): void {
		this.#console.terminal?.resize(rows, columns);
	}

	/** Kills it and all that descend from it, if it still runs, and waits for its end. */
	async [Symbol.asyncDispose](): Promise<void> {
		const { killTree } = await import('../launch/kill-tree.js');
		await killTree(this.#process);
		await this.wait();
		await closeConsole(this.#console);
	}
}

/** Starts a program in a container; see {@link Container.exec}. */
export async function execHandle(
	engine: Engine,
	dir: ContainerDir,
	program: readonly string[] | Process,
	options: ExecOptions,
): Promise<ExecHandle> {
	const preserved = preservedDescriptors(options.preserveFds ?? 0, false, engine);
	const asked = await programToRun(program);
	const processOf: ProcessOf = (spec) => execProcess(spec, asked, options);
	const { made, streams, console } = await connected(options, 'setns', (ends) =>
		execInContainer(engine, dir, processOf, {
			...ends,
			preserved: preserved.numbers,
			pidFile: options.pidFile,
			ignorePaused: options.ignorePaused === true,
			cgroup: options.cgroup ?? [],
			signal: options.signal,
		}),
	);
	return new ExecHandle(made, streams, console);
}
