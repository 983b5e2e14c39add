import type { Readable, Writable } from 'node:stream';
import type { Exit, InitProcess } from '../launch/init-process.js';
import { ownChildren } from '../launch/own-children.js';
import type { Engine } from '../lifecycle/engine.js';
import { native } from '../native/index.js';
import type { SyscallAgent } from '../seccomp/agent.js';
import type { ContainerDir } from '../state/index.js';
import { Container } from './container.js';
import { type ConsoleOutcome, closeConsole } from './launch-settings.js';
import type { StdioStreams } from './options.js';
import type { Terminal } from './terminal.js';

/** What the owner of a container has that others have not. */
export interface Ownership {
	readonly process: InitProcess;
	readonly streams: StdioStreams;
	readonly console: ConsoleOutcome;
	readonly subreaper: boolean;
	readonly keep: boolean;
	/** Answers notified system calls for as long as the container is there. */
	readonly agent: SyscallAgent | undefined;
}

/** A container made by this process, which is the parent of its init: it knows the exit status, and cleans up. */
export class OwnedContainer extends Container implements AsyncDisposable {
	readonly #ownership: Ownership;
	#detached: boolean;

	constructor(engine: Engine, dir: ContainerDir, ownership: Ownership) {
		super(engine, dir);
		this.#ownership = ownership;
		this.#detached = ownership.keep;
	}

	/** Host pid of the container's process. */
	get pid(): number {
		return this.#ownership.process.pid;
	}

	/** Our end of its standard input; null unless it is a pipe. */
	get stdin(): Writable | null {
		return this.#ownership.streams.stdin;
	}

	get stdout(): Readable | null {
		return this.#ownership.streams.stdout;
	}

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
	override async wait({ signal }: { signal?: AbortSignal } = {}): Promise<Exit> {
		const { process, console, subreaper } = this.#ownership;
		const exit = await process.exit(signal);
		await console.relay?.end();
		if (subreaper) reapOrphans();
		return exit;
	}

	/** Gives up ownership: the container lives on when this object is disposed. */
	detach(): void {
		this.#detached = true;
	}

	override async delete(options: { force?: boolean } = {}): Promise<void> {
		await super.delete(options);
		// Its parent has to take the status of a process, or it stays a zombie for as long as the parent lives.
		await this.#ownership.process.exit();
		this.#ownership.agent?.close();
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
	while (native().reapAny(ownChildren()) !== undefined);
}
