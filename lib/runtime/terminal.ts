import type { Readable, Writable } from 'node:stream';
import { native, type OwnedFd } from '../native/index.js';
import { PipeReader, PipeWriter } from '../native/pipe.js';

/** Our side of the terminal of a process in a container. */
export class Terminal implements Disposable {
	/** What the process prints. Ends when no process has the terminal open any more. */
	readonly output: Readable;
	/** What is typed. */
	readonly input: Writable;
	readonly #master: OwnedFd;

	/**
	 * @internal
	 * @param master of the pseudo-terminal; owned from here on
	 */
	constructor(master: OwnedFd) {
		this.#master = master;
		native().setNonBlocking(master.number, true);
		this.output = new PipeReader(native().dupCloexec(master.number, 3));
		this.input = new PipeWriter(native().dupCloexec(master.number, 3));
	}

	/** Changes its size, in characters; the process is told by SIGWINCH. */
	resize(rows: number, columns: number): void {
		native().setWindowSize(this.#master.number, rows, columns);
	}

	/** Hangs up: the process gets SIGHUP. */
	close(): void {
		this.output.destroy();
		this.input.destroy();
		this.#master.close();
	}

	/** As {@link Terminal.close}. */
	[Symbol.dispose](): void {
		this.close();
	}
}
