import { closeSync } from './files.js';

/** A descriptor with one owner, who closes it exactly once: at the end of a `using` scope, by close(), or never after release(). */
export class OwnedFd implements Disposable {
	#fd: number;

	constructor(fd: number) {
		this.#fd = fd;
	}

	/** The number; -1 once it was closed or released, so that a late use is EBADF and never somebody else's file. */
	get number(): number {
		return this.#fd;
	}

	get open(): boolean {
		return this.#fd >= 0;
	}

	/** Hands the descriptor over: the caller closes it. */
	release(): number {
		const fd = this.#fd;
		this.#fd = -1;
		return fd;
	}

	/** Further calls do nothing. */
	close(): void {
		if (this.open) closeSync(this.release());
	}

	[Symbol.dispose](): void {
		this.close();
	}
}
