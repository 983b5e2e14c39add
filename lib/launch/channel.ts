import { TsrunError } from '../errors/index.js';
import { fromSystemError, native, OwnedFd, readable } from '../native/index.js';
import { errnoOf } from '../os/index.js';
import { decodeReport, encodeCommand, maxReportBytes, type Report } from './message.js';

/** One message of the helper with the descriptor that came with it. */
export interface Received {
	readonly report: Report;
	readonly descriptor: OwnedFd | undefined;
	/** The message as it came. */
	readonly data: Buffer;
}

/** The host's end of the conversation with an init helper. */
export class InitChannel implements Disposable {
	readonly #fd: OwnedFd;
	readonly #signal: AbortSignal | undefined;

	constructor(fd: OwnedFd, signal?: AbortSignal) {
		this.#fd = fd;
		this.#signal = signal;
	}

	/**
	 * Waits for the next message; undefined when the helper has closed its end: it is gone, or has become the user's program.
	 *
	 * @param abortable false where what the message tells has to be known whatever the signal says
	 * @throws TsrunError ERR_ABORTED when the signal fires, ERR_NATIVE for what is no message, ERR_SYSTEM when it cannot be received
	 */
	async receive(abortable = true): Promise<Received | undefined> {
		for (;;) {
			const message = abortable ? this.#take() : this.#takeInsisting();
			if (message === undefined) {
				await readable(this.#fd.number, abortable ? { signal: this.#signal } : {});
				continue;
			}
			const [first, ...more] = message.fds.map((number) => new OwnedFd(number));
			for (const extra of more) extra.close();
			if (message.data.length === 0) {
				first?.close();
				return undefined;
			}
			return { report: decodeReport(message.data), descriptor: first, data: message.data };
		}
	}

	/** Our end, for what the addon says itself. */
	get number(): number {
		return this.#fd.number;
	}

	/** Tells the helper to go on. The message is far smaller than a socket's buffer, so that it never has to wait. */
	send(kind: 'release' | 'go', id: number): void {
		let sent: boolean;
		try {
			sent = native().send(this.#fd.number, encodeCommand(kind, id), []);
		} catch (error) {
			throw fromSystemError(error, 'tell the init helper to go on');
		}
		if (!sent) throw new TsrunError('ERR_NATIVE', 'the init helper does not read its channel');
	}

	// The pid of a child that the helper has forked comes in no other way, and without it nobody could end that child: what the kernel
	// could not do at once (ENOMEM) it is asked once more.
	#takeInsisting() {
		try {
			return this.#take();
		} catch {
			return this.#take();
		}
	}

	#take() {
		try {
			return this.#receivePastReset();
		} catch (error) {
			throw fromSystemError(error, 'hear from the init helper');
		}
	}

	#receivePastReset() {
		try {
			return native().receive(this.#fd.number, maxReportBytes);
		} catch (error) {
			// It has ended before it read all that it was told (unix(7)); what it said before comes after this error.
			if (errnoOf(error) !== 'ECONNRESET') throw error;
			return native().receive(this.#fd.number, maxReportBytes);
		}
	}

	[Symbol.dispose](): void {
		this.#fd.close();
	}
}
