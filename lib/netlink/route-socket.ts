import { errnoName, errnoText, TsrunError } from '../errors/index.js';
import { fromSystemError, native, OwnedFd, READABLE } from '../native/index.js';
import { type Answer, decodeAnswers, encodeRequest, messageFlags } from './message.js';

/** The kernel puts a dump in datagrams of at most 32 KiB, whatever room there is. */
const datagramSize = 64 * 1024;

/** rtnetlink answers before sendmsg(2) returns; this is for a kernel that does not. */
const answerLimitMs = 5000;

/** How often a list is asked for anew that changed while the kernel was telling it. */
const dumpAttempts = 8;

/** A conversation with the network of one namespace (rtnetlink(7)). It keeps the namespace alive. */
export class RouteSocket implements Disposable {
	readonly #socket: OwnedFd;
	#sequence = 0;

	/**
	 * @param namespace descriptor of a network namespace; -1: that of the runtime
	 * @throws TsrunError ERR_SYSTEM
	 */
	static open(namespace: number): RouteSocket {
		try {
			return new RouteSocket(new OwnedFd(native().routeSocket(namespace)));
		} catch (error) {
			throw fromSystemError(error, 'talk to the kernel about network devices');
		}
	}

	private constructor(socket: OwnedFd) {
		this.#socket = socket;
	}

	/**
	 * Asks for one thing to be told or done.
	 *
	 * @param what in words for the error: "cannot <what>"
	 * @returns the bodies of the messages that come before the end of the answer
	 * @throws TsrunError ERR_STEP_FAILED with the errno, and the kernel's words where it has some
	 */
	request(what: string, type: number, flags: number, body: readonly Uint8Array[]): Uint8Array[] {
		const { bodies, end } = this.#converse(what, type, flags | messageFlags.acknowledge, body);
		if (end.errno !== 0) throw refusal(what, end);
		return bodies;
	}

	/** Asks for a list. @throws TsrunError as {@link request} */
	dump(what: string, type: number, body: readonly Uint8Array[]): Uint8Array[] {
		for (let attempt = 1; ; attempt++) {
			const { bodies, end, interrupted } = this.#converse(what, type, messageFlags.dump, body);
			if (end.errno !== 0) throw refusal(what, end);
			if (!interrupted || attempt === dumpAttempts) return bodies;
		}
	}

	#converse(what: string, type: number, flags: number, body: readonly Uint8Array[]) {
		const sequence = ++this.#sequence;
		const bodies: Uint8Array[] = [];
		let interrupted = false;
		try {
			native().send(this.#socket.number, encodeRequest({ type, flags, sequence, body }), []);
			for (;;) {
				for (const answer of this.#receive(what, sequence)) {
					interrupted ||= answer.interrupted;
					if (answer.kind === 'end') return { bodies, end: answer, interrupted };
					bodies.push(answer.body);
				}
			}
		} catch (error) {
			throw fromSystemError(error, what);
		}
	}

	#receive(what: string, sequence: number): Answer[] {
		const { number } = this.#socket;
		const message = native().receive(number, datagramSize);
		if (message !== undefined) return decodeAnswers(message.data, sequence);
		if (native().poll(number, READABLE, answerLimitMs)) return [];
		throw new TsrunError('ERR_TIMEOUT', `cannot ${what}: the kernel does not answer`);
	}

	[Symbol.dispose](): void {
		this.#socket.close();
	}
}

function refusal(what: string, { errno, words }: Extract<Answer, { kind: 'end' }>): TsrunError {
	const name = errnoName(errno);
	const why = words === '' ? errnoText(name) : `${words} (${errnoText(name)})`;
	return new TsrunError('ERR_STEP_FAILED', `cannot ${what}: ${why}`, { syscall: 'sendmsg', errno: name });
}
