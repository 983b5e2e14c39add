import { connect, type Socket } from 'node:net';
import { TsrunError } from '../errors/index.js';
import { systemFailure } from '../os/index.js';
import { malformed } from './malformed.js';
import { decodeMessage, encodeCall, type Incoming, type MethodCall } from './message.js';
import type { DBusValue } from './value.js';

/** The answer to a call: what the method returns, or the error that it ended with. */
export type Reply =
	| { readonly ok: true; readonly body: readonly DBusValue[] }
	| { readonly ok: false; readonly name: string; readonly message: string };

/** How long the other side may take for an answer. */
const answerLimitMs = 30_000;

/** One conversation over D-Bus. Calls may overlap. While it is open it keeps the event loop alive. */
export class Connection implements Disposable {
	readonly #socket: Socket;
	readonly #path: string;
	readonly #waiting = new Map<number, { resolve: (reply: Reply) => void; reject: (error: TsrunError) => void }>();
	readonly #listeners = new Set<(signal: Incoming) => void>();
	#received: Uint8Array = new Uint8Array();
	#lastSerial = 0;
	#failure: TsrunError | undefined;

	/**
	 * Connects to a socket and proves who we are.
	 *
	 * @throws TsrunError ERR_DBUS, with the errno when it cannot be connected to
	 */
	static async open(path: string): Promise<Connection> {
		const socket = connect(path);
		const connection = new Connection(socket, path);
		try {
			await connection.#authenticate();
		} catch (error) {
			socket.destroy();
			throw error;
		}
		socket.on('data', (bytes) => connection.#receive(bytes));
		return connection;
	}

	private constructor(socket: Socket, path: string) {
		this.#socket = socket;
		this.#path = path;
		socket.on('error', (cause) => this.#fail(systemFailure(`cannot talk to ${path}`, cause, { path }, 'ERR_DBUS')));
		socket.on('close', () => this.#fail(new TsrunError('ERR_DBUS', `${path} has ended the conversation`, { path })));
	}

	/**
	 * The SASL profile of the specification, by EXTERNAL. No identity is claimed: the other side takes the one that the
	 * kernel vouches for. (An id of ours would be another one there when we are in a user namespace.)
	 */
	async #authenticate(): Promise<void> {
		const answer = new Promise<string>((resolve, reject) => {
			let text = '';
			const timer = setTimeout(() => reject(this.#silence()), answerLimitMs);
			const settle = (finish: () => void) => {
				clearTimeout(timer);
				this.#socket.off('data', onData);
				finish();
			};
			const onData = (bytes: Buffer) => {
				text += bytes.toString('latin1');
				// One line for AUTH, one for DATA; a refusal is one only.
				if (/^(?:DATA[^\r\n]*\r\n[^\r\n]*|(?!DATA)[^\r\n]*)\r\n/.test(text)) settle(() => resolve(text));
			};
			this.#socket.on('data', onData);
			this.#socket.once('close', () => settle(() => reject(this.#failure ?? this.#silence())));
		});
		this.#socket.write('\0AUTH EXTERNAL\r\nDATA\r\n');
		const text = await answer;
		if (!/^(?:DATA[^\r\n]*\r\n)?OK /.test(text)) {
			const said = JSON.stringify(text.trim());
			throw new TsrunError('ERR_DBUS', `${this.#path} does not know us: ${said}`, { path: this.#path });
		}
		this.#socket.write('BEGIN\r\n');
	}

	/**
	 * Calls a method.
	 *
	 * @throws TsrunError ERR_DBUS when the connection breaks, ERR_TIMEOUT without an answer within 30 s
	 */
	call(call: MethodCall): Promise<Reply> {
		const failure = this.#failure;
		if (failure !== undefined) return Promise.reject(failure);
		const serial = ++this.#lastSerial;
		const bytes = encodeCall(call, serial);
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => settle(() => reject(this.#silence())), answerLimitMs);
			const settle = (finish: () => void) => {
				clearTimeout(timer);
				this.#waiting.delete(serial);
				finish();
			};
			this.#waiting.set(serial, {
				resolve: (reply) => settle(() => resolve(reply)),
				reject: (error) => settle(() => reject(error)),
			});
			this.#socket.write(bytes);
		});
	}

	/** Calls back for each signal that comes; returns what ends that. */
	onSignal(listener: (signal: Incoming) => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	[Symbol.dispose](): void {
		this.#failure ??= new TsrunError('ERR_DBUS', 'the conversation is over');
		this.#socket.destroy();
	}

	#receive(bytes: Uint8Array): void {
		this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
		try {
			for (;;) {
				const next = decodeMessage(this.#received);
				if (next === undefined) return;
				this.#received = this.#received.subarray(next.length);
				this.#take(next.message);
			}
		} catch (error) {
			this.#fail(error instanceof TsrunError ? error : malformed(String(error)));
			this.#socket.destroy();
		}
	}

	#take(message: Incoming): void {
		if (message.kind === 'signal') {
			for (const listener of [...this.#listeners]) listener(message);
			return;
		}
		const waiter = this.#waiting.get(message.replyTo ?? 0);
		if (message.kind === 'reply') waiter?.resolve({ ok: true, body: message.body });
		if (message.kind !== 'error') return;
		const [text] = message.body;
		waiter?.resolve({ ok: false, name: message.errorName ?? '', message: typeof text === 'string' ? text : '' });
	}

	#fail(error: TsrunError): void {
		this.#failure ??= error;
		for (const { reject } of this.#waiting.values()) reject(this.#failure);
	}

	#silence(): TsrunError {
		return new TsrunError('ERR_TIMEOUT', `${this.#path} has not answered in ${answerLimitMs / 1000} s`, {
			path: this.#path,
		});
	}
}
