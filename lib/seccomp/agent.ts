import { TsrunError } from '../errors/index.js';
import { native, OwnedFd, READABLE, readable, Watch } from '../native/index.js';
import { systemFailure } from '../os/index.js';
import { type SyscallHandler, SyscallListener } from './listener.js';
import type { NotifiedCall } from './notified-call.js';

/** How long a sender may take to say which container its listener belongs to. */
const senderLimitMs = 10_000;

/** A container process state with the annotations of a config.json, which is smaller. */
const maxStateBytes = 32 * 1024 * 1024;

/**
 * Answers the notified calls of one container in this process. It listens on a socket in the container's directory, to
 * which every verb, of whatever process, hands the listener of a filter it has loaded: the agent protocol of the
 * runtime-spec (config-linux.md, "The Container Process State").
 */
export class SyscallAgent implements Disposable {
	readonly #handler: SyscallHandler;
	readonly #onFailure: (message: string) => void;
	readonly #listeners = new Set<SyscallListener>();
	#socket: OwnedFd | undefined;
	#watch: Watch | undefined;

	/** @param onFailure told, in words, what went wrong with a call or a listener */
	constructor(handler: SyscallHandler, onFailure: (message: string) => void) {
		this.#handler = handler;
		this.#onFailure = onFailure;
	}

	/** @throws TsrunError ERR_SYSTEM when the socket cannot be made */
	listen(path: string): void {
		try {
			const socket = new OwnedFd(native().listenUnix(path, 'stream'));
			this.#socket = socket;
			this.#watch = new Watch(socket.number, READABLE, () => this.#accept(socket));
			// It only waits to be needed; the listeners are what has to be served.
			this.#watch.unref();
		} catch (cause) {
			throw systemFailure(`cannot listen on ${path}`, cause, { path });
		}
	}

	/** Calls that still wait fail with ENOSYS, and so do all later ones. */
	close(): void {
		this.#watch?.close();
		this.#socket?.close();
		for (const listener of this.#listeners) listener.close();
	}

	[Symbol.dispose](): void {
		this.close();
	}

	#accept(socket: OwnedFd): void {
		for (let connection = native().accept(socket.number); connection !== undefined; ) {
			void this.#take(new OwnedFd(connection));
			connection = native().accept(socket.number);
		}
		this.#watch?.arm();
	}

	async #take(connection: OwnedFd): Promise<void> {
		using owned = connection;
		try {
			const { listener, container } = await receiveState(owned.number);
			// Closed meanwhile: nobody is there to answer.
			if (this.#socket?.open !== true) return listener.close();
			const served: SyscallListener = new SyscallListener(listener, container, {
				handler: this.#handler,
				onFailure: (error, call) => this.#onFailure(callFailure(error, call)),
				onEnd: () => this.#listeners.delete(served),
			});
			this.#listeners.add(served);
		} catch (error) {
			this.#onFailure(systemFailure('cannot take a seccomp listener', error).message);
		}
	}
}

interface ReceivedState {
	readonly listener: OwnedFd;
	/** Id. */
	readonly container: string;
}

async function receiveState(socket: number): Promise<ReceivedState> {
	const pieces: Buffer[] = [];
	let size = 0;
	let listener: OwnedFd | undefined;
	try {
		for (;;) {
			const message = native().receive(socket, 65_536);
			if (message === undefined) {
				await readable(socket, { timeoutMs: senderLimitMs });
				continue;
			}
			const [first, ...more] = message.fds.map((number) => new OwnedFd(number));
			for (const extra of more) extra.close();
			if (listener === undefined) listener = first;
			else first?.close();
			size += message.data.length;
			if (message.data.length === 0 || size > maxStateBytes) break;
			pieces.push(message.data);
		}
		if (listener === undefined) throw new TsrunError('ERR_NATIVE', 'a container process state came without a listener');
		const state: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
		return { listener, container: containerId(state) };
	} catch (error) {
		listener?.close();
		throw error;
	}
}

function containerId(message: unknown): string {
	const { state } = message as { state?: { id?: unknown } };
	if (typeof state?.id === 'string') return state.id;
	throw new TsrunError('ERR_NATIVE', 'a container process state came without the id of its container');
}

function callFailure(error: unknown, { name, number, pid }: NotifiedCall): string {
	const reason = error instanceof Error ? error.message : String(error);
	return `${name ?? `system call ${number}`} of process ${pid} failed, because its handler did: ${reason}`;
}
