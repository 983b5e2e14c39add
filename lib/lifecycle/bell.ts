import { abortError } from '../errors/index.js';

/** Wakes one waiter; what rings while nobody waits is heard by the next. */
export class Bell {
	#rung = false;
	#wake: (() => void) | undefined;

	ring(): void {
		this.#rung = true;
		this.#wake?.();
	}

	/** @throws TsrunError ERR_ABORTED */
	async rung(signal: AbortSignal | undefined, what: string): Promise<void> {
		if (signal?.aborted) throw abortError(signal, what);
		const wake = () => this.#wake?.();
		signal?.addEventListener('abort', wake);
		try {
			if (!this.#rung) await new Promise<void>((resolve) => (this.#wake = resolve));
			if (signal?.aborted) throw abortError(signal, what);
		} finally {
			signal?.removeEventListener('abort', wake);
			this.#wake = undefined;
			this.#rung = false;
		}
	}
}
