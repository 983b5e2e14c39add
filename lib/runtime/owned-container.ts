import type { Readable, Writable } from 'node:stream';
import type { Exit, InitProcess } from '../launch/init-process.js';
import { ownChildren } from '../launch/own-children.js';
import type { CheckpointOptions } from '../lifecycle/checkpoint-options.js';
import type { Engine } from '../lifecycle/engine.js';
import { fromSystemError, native } from '../native/index.js';
import type { PhaseTimer } from '../os/phase.js';
import type { SyscallAgent } from '../seccomp/agent.js';
import type { ContainerDir } from '../state/index.js';
import { Container } from './container.js';
import { type ConsoleOutcome, closeConsole } from './launch-settings.js';
import type { CreateOptions, DeleteOptions, StdioStreams, WaitOptions } from './options.js';
import type { Output, OutputOptions } from './output.js';
import type { Terminal } from './terminal.js';

/** What the owner of a container has that others have not. */
export interface Ownership {
	readonly process: InitProcess;
	readonly streams: StdioStreams;
	readonly console: ConsoleOutcome;
	/** Answers notified system calls for as long as the container is there. */
	readonly agent: SyscallAgent | undefined;
}

/** A container made by this process, which is the parent of its init: it knows the exit status, and cleans up. */
export class OwnedContainer extends Container implements AsyncDisposable {
	readonly #ownership: Ownership;
	readonly #reapsOrphans: boolean;
	readonly #phase: PhaseTimer | undefined;
	#detached: boolean;
	#output: Promise<Output> | undefined;

	/** @internal */
	constructor(
		engine: Engine,
		dir: ContainerDir,
		ownership: Ownership,
		{ keep = false, subreaper = false }: Pick<CreateOptions, 'keep' | 'subreaper'>,
	) {
		super(engine, dir);
		this.#ownership = ownership;
		this.#reapsOrphans = subreaper;
		this.#phase = engine.phase;
		this.#detached = keep;
	}

	/** Host pid of the container's process. */
	get pid(): number {
		return this.#ownership.process.pid;
	}

	/** Our end of its standard input; null unless it is a pipe. */
	get stdin(): Writable | null {
		return this.#ownership.streams.stdin;
	}

	/** Our end of its standard output; null unless it is a pipe. What it printed can be read after it has ended. */
	get stdout(): Readable | null {
		return this.#ownership.streams.stdout;
	}

	/** Our end of its standard error; null unless it is a pipe. */
	get stderr(): Readable | null {
		return this.#ownership.streams.stderr;
	}

	/** The terminal of a container that has one, if `stdio` was `pipe`. */
	get terminal(): Terminal | null {
		return this.#ownership.console.terminal ?? null;
	}

	/**
	 * How the container's process ended.
	 *
	 * @throws TsrunError ERR_ABORTED when the signal fires first; the container is as it was
	 */
	override async wait({ signal }: WaitOptions = {}): Promise<Exit> {
		using _wait = this.#phase?.('wait');
		const { process, console } = this.#ownership;
		const exit = await process.exit(signal);
		await console.relay?.end();
		if (this.#reapsOrphans) reapOrphans();
		return exit;
	}

	/**
	 * Waits for the end of the container's process and for that of its pipes, and gives what it printed: all of it, or what
	 * comes from now on where the streams have been read before. A pipe holds 64 KiB: who prints more waits until somebody
	 * reads, so call this before {@link OwnedContainer.wait}, or instead of it. Every call has the answer of the first one,
	 * also when the container is gone.
	 */
	output(options: OutputOptions = {}): Promise<Output> {
		this.#output ??= import('./output.js').then(({ collectOutput }) => collectOutput(this, options));
		return this.#output;
	}

	/**
	 * The lines that the container's process prints, as they come: of standard output, or, with a terminal, of that. Read each
	 * stream once: this way, by `output`, or as a stream.
	 *
	 * @throws TsrunError ERR_ARGUMENT when `stdio` asked for no pipe
	 */
	async *lines(from: 'stdout' | 'stderr' = 'stdout'): AsyncGenerator<string, void, undefined> {
		const { linesOf } = await import('./lines.js');
		yield* linesOf(this, from);
	}

	/** Gives up ownership: the container lives on when this object is disposed. */
	detach(): void {
		this.#detached = true;
	}

	/**
	 * As of {@link Container.delete}; the exit status is kept, and so is what it printed.
	 *
	 * @throws TsrunError ERR_WRONG_STATUS, ERR_NOT_FOUND
	 */
	override async delete(options: DeleteOptions = {}): Promise<void> {
		await super.delete(options);
		// Its parent has to take the status of a process, or it stays a zombie for as long as the parent lives.
		await this.#ownership.process.exit();
		this.#ownership.agent?.close();
		this.#detached = true;
	}

	/**
	 * As of {@link Container.checkpoint}; the exit status of one that is gone then is that of a killed process.
	 *
	 * @throws TsrunError as {@link Container.checkpoint}
	 */
	override async checkpoint(imagePath: string, options: CheckpointOptions = {}): Promise<void> {
		await super.checkpoint(imagePath, options);
		if (options.leaveRunning === true || options.preDump === true) return;
		await this.#ownership.process.exit();
		this.#detached = true;
	}

	/** Kills the container if it runs, and deletes it, unless it was detached or deleted before. */
	async [Symbol.asyncDispose](): Promise<void> {
		if (!this.#detached) await this.delete({ force: true });
		await closeConsole(this.#ownership.console);
	}
}

/** Takes the status of every adopted process that has ended. */
function reapOrphans(): void {
	try {
		while (native().reapAny(ownChildren()) !== undefined);
	} catch (error) {
		throw fromSystemError(error, 'take the status of what the container has left behind');
	}
}
