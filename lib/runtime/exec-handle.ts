import type { Readable, Writable } from 'node:stream';
import { afterUndo, TsrunError } from '../errors/index.js';
import type { Exit, InitProcess } from '../launch/init-process.js';
import type { Engine } from '../lifecycle/engine.js';
import { execInContainer, type ProcessOf } from '../lifecycle/exec.js';
import { native } from '../native/index.js';
import { errnoOf, systemFailure } from '../os/index.js';
import type { Process } from '../spec/index.js';
import type { ContainerDir } from '../state/index.js';
import { execProcess } from './exec-process.js';
import { type ConsoleOutcome, closeConsole, consoleSettings } from './launch-settings.js';
import type { ExecOptions, StdioStreams } from './options.js';
import { preservedDescriptors } from './preserved.js';
import { prepareStdio } from './stdio.js';
import type { Terminal } from './terminal.js';

/** A program that was started in a container beside its own. */
export class ExecHandle {
	readonly #process: InitProcess;
	readonly #streams: StdioStreams;
	readonly #console: ConsoleOutcome;

	constructor(process: InitProcess, streams: StdioStreams, console: ConsoleOutcome) {
		this.#process = process;
		this.#streams = streams;
		this.#console = console;
	}

	/** Host pid. */
	get pid(): number {
		return this.#process.pid;
	}

	get stdin(): Writable | null {
		return this.#streams.stdin;
	}

	get stdout(): Readable | null {
		return this.#streams.stdout;
	}

	get stderr(): Readable | null {
		return this.#streams.stderr;
	}

	get terminal(): Terminal | null {
		return this.#console.terminal ?? null;
	}

	/** How it ended. */
	async wait({ signal }: { signal?: AbortSignal } = {}): Promise<Exit> {
		const exit = await this.#process.exit(signal);
		await this.#console.relay?.end();
		return exit;
	}

	/**
	 * Sends it a signal, given by its number.
	 *
	 * @throws TsrunError ERR_WRONG_STATUS when it has ended, ERR_SIGNAL
	 */
	kill(signal: number): void {
		if (!this.#process.pidfd.open) throw new TsrunError('ERR_WRONG_STATUS', 'process has ended');
		try {
			native().pidfdSendSignal(this.#process.pidfd.number, signal);
		} catch (cause) {
			if (errnoOf(cause) === 'ESRCH') throw new TsrunError('ERR_WRONG_STATUS', 'process has ended', { cause });
			throw systemFailure(`cannot send signal ${signal}`, cause, {}, 'ERR_SIGNAL');
		}
	}

	resize(rows: number, columns: number): void {
		this.#console.terminal?.resize(rows, columns);
	}
}

export async function execHandle(
	engine: Engine,
	dir: ContainerDir,
	program: readonly string[] | Process,
	options: ExecOptions,
): Promise<ExecHandle> {
	const preserved = preservedDescriptors(options.preserveFds ?? 0, false, engine);
	const outcome: ConsoleOutcome = {};
	const processOf: ProcessOf = (spec) => execProcess(spec, program, options);
	using stdio = prepareStdio(options.stdio ?? 'inherit');
	const starting = execInContainer(engine, dir, processOf, {
		stdio: stdio.descriptors,
		preserved: preserved.numbers,
		pidFile: options.pidFile,
		ignorePaused: options.ignorePaused === true,
		cgroup: options.cgroup ?? [],
		signal: options.signal,
		...consoleSettings(options, outcome, 'setns'),
	});
	const process = await starting.catch(async (cause) => {
		throw await afterUndo(cause, () => closeConsole(outcome));
	});
	return new ExecHandle(process, await stdio.streams(), outcome);
}
