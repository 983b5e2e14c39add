import { constants, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { native, OwnedFd } from '../native/index.js';
import { PipeReader } from '../native/pipe.js';
import { errnoOf, systemFailure } from '../os/index.js';
import { Terminal } from './terminal.js';

/**
 * Connects the terminal of a container to the caller's own: keys go in, output comes out, the window has the same size.
 * The caller's terminal is raw meanwhile, since the line discipline of the inner one does the editing.
 */
export class TerminalRelay {
	readonly #terminal: Terminal;
	readonly #drained: Promise<void>;
	#restore: () => void = () => {};
	#input: PipeReader | undefined;
	#ended: Promise<void> | undefined;
	readonly #onResize = () => this.#copySize();

	constructor(master: OwnedFd) {
		// A terminal of the caller's that shows the output needs "\r\n", being raw itself. Into files and pipes newlines go as they
		// were written, as with runc: callers compare what they captured.
		if (!isatty(1)) native().keepNewlines(master.number);
		this.#terminal = new Terminal(master);
		this.#drained = this.#copyOutput();
		this.#copyInput();
		this.#copySize();
		process.on('SIGWINCH', this.#onResize);
	}

	/** Waits until all output is written, then gives the caller's terminal back as it was; once, however often it is called. */
	end(): Promise<void> {
		this.#ended ??= this.#end();
		return this.#ended;
	}

	async #end(): Promise<void> {
		// A background process may keep the terminal open; what the container's own one printed is here by now.
		const limit = new Promise<void>((resolve) => setTimeout(resolve, 1000).unref());
		await Promise.race([this.#drained, limit]);
		process.off('SIGWINCH', this.#onResize);
		this.#input?.destroy();
		this.#restore();
		this.#terminal.close();
	}

	async #copyOutput(): Promise<void> {
		try {
			for await (const chunk of this.#terminal.output) writeFully(chunk as Buffer);
		} catch (error) {
			// EIO is how a pseudo-terminal says that its last user has gone.
			if (errnoOf(error) !== 'EIO' && errnoOf(error) !== 'EPIPE') throw error;
		}
	}

	#copyInput(): void {
		if (isatty(0)) {
			const saved = native().makeRaw(0);
			this.#restore = () => restore(saved);
		}
		const stdin = nonBlockingInput();
		this.#input = new PipeReader(stdin);
		this.#input.on('error', () => this.#input?.destroy());
		this.#terminal.input.on('error', () => {});
		this.#input.on('data', (chunk: Buffer) => this.#terminal.input.write(chunk));
		// End of input of a pipe is what control-D is on a keyboard.
		this.#input.on('end', () => this.#terminal.input.write(Buffer.from([4])));
	}

	#copySize(): void {
		if (!isatty(0)) return;
		const { rows, columns } = native().getWindowSize(0);
		this.#terminal.resize(rows, columns);
	}
}

function restore(saved: Uint8Array): void {
	try {
		native().restoreTerminal(0, saved);
	} catch (error) {
		// A terminal that has hung up is nobody's any more; how the program took it is what the caller asks for.
		if (errnoOf(error) !== 'EIO') throw systemFailure('cannot give the terminal back as it was', error);
	}
}

/**
 * Standard input, opened anew: O_NONBLOCK on a duplicate would change the terminal or pipe that the caller goes on using, and
 * without it a read would stop the whole program until a key is pressed.
 */
function nonBlockingInput(): OwnedFd {
	try {
		return new OwnedFd(openSync('/proc/self/fd/0', constants.O_NONBLOCK | constants.O_NOCTTY));
	} catch (error) {
		// A socket cannot be opened by its path, nor a terminal that belongs to the user one was before su(1).
		if (errnoOf(error) !== 'ENXIO' && errnoOf(error) !== 'EACCES') throw error;
		return new OwnedFd(native().dupCloexec(0, 3));
	}
}

function writeFully(chunk: Buffer): void {
	for (let written = 0; written < chunk.length; ) {
		try {
			written += writeSync(1, chunk, written);
		} catch (error) {
			if (errnoOf(error) !== 'EAGAIN') throw error;
		}
	}
}
