import { TsrunError } from '../errors/index.js';
import { type Message, native, OwnedFd, readable } from '../native/index.js';
import { errnoOf, systemFailure } from '../os/index.js';
import { encodeNotified } from './request.js';
import { type CriuResponse, decodeResponse } from './response.js';

/** Larger than any answer: what CRIU says is a few words. */
const maxResponseBytes = 64 * 1024;

/** What CRIU is about to do; see {@link CriuSession.perform}. */
export interface CriuNotification {
	/** Such as `setup-namespaces`, `post-restore`, `orphan-pts-master`. */
	readonly script: string;
	/** Of the first process of the tree, where there is one. */
	readonly pid: number;
	/** Sent along; closed afterwards unless it was released. */
	readonly descriptor: OwnedFd | undefined;
}

/** One conversation with `criu swrk`, over the socket that it was given. */
export class CriuSession implements Disposable {
	readonly #socket: OwnedFd;
	readonly #signal: AbortSignal | undefined;

	/** @param socket non-blocking, of type SOCK_SEQPACKET; owned from here on */
	constructor(socket: OwnedFd, signal?: AbortSignal) {
		this.#socket = socket;
		this.#signal = signal;
	}

	/**
	 * Has a request performed. CRIU waits whenever it notifies: its reply is whether the listener threw, and then the request
	 * fails as well. There is no limit of time: to save much memory takes long, and the end of CRIU ends the conversation.
	 *
	 * @returns the answer, whatever it says
	 * @throws what the listener threw; TsrunError ERR_CRIU when CRIU ends without an answer, ERR_ABORTED
	 */
	async perform(
		request: Uint8Array,
		onNotify: (notification: CriuNotification) => Promise<void> | void = () => {},
	): Promise<CriuResponse> {
		this.#send(request);
		let failure: { readonly cause: unknown } | undefined;
		for (;;) {
			const { response, descriptor } = await this.#receive();
			using owned = descriptor;
			if (response.notification === undefined) {
				if (failure !== undefined) throw failure.cause;
				return response;
			}
			try {
				if (failure === undefined) await onNotify({ ...response.notification, descriptor: owned });
			} catch (cause) {
				failure = { cause };
			}
			this.#send(encodeNotified(failure === undefined));
		}
	}

	#send(bytes: Uint8Array): void {
		try {
			if (native().send(this.#socket.number, bytes, [])) return;
		} catch (cause) {
			// It has ended; perhaps it has answered before.
			if (isHangUp(cause)) return;
			throw systemFailure('cannot ask CRIU', cause, {}, 'ERR_CRIU');
		}
		throw new TsrunError('ERR_CRIU', 'CRIU does not read what it is asked');
	}

	async #receive(): Promise<{ response: CriuResponse; descriptor: OwnedFd | undefined }> {
		for (;;) {
			const message = this.#message();
			if (message === undefined) {
				await readable(this.#socket.number, { signal: this.#signal });
				continue;
			}
			const [first, ...more] = message.fds.map((number) => new OwnedFd(number));
			for (const extra of more) extra.close();
			if (message.data.length === 0) {
				first?.close();
				throw new TsrunError('ERR_CRIU', 'CRIU ended before it answered');
			}
			try {
				return { response: decodeResponse(message.data), descriptor: first };
			} catch (cause) {
				first?.close();
				throw cause;
			}
		}
	}

	/** The next message, empty when CRIU is gone; undefined when there is none yet. */
	#message(): Pick<Message, 'data' | 'fds'> | undefined {
		try {
			return native().receive(this.#socket.number, maxResponseBytes);
		} catch (cause) {
			if (isHangUp(cause)) return { data: Buffer.alloc(0), fds: [] };
			throw systemFailure('cannot hear CRIU', cause, {}, 'ERR_CRIU');
		}
	}

	/** Ends the conversation, and with it CRIU. */
	[Symbol.dispose](): void {
		this.#socket.close();
	}
}

/** ECONNRESET: it has ended with something of ours unread. */
function isHangUp(cause: unknown): boolean {
	const errno = errnoOf(cause);
	return errno === 'EPIPE' || errno === 'ECONNRESET';
}
