import { isSystemError, native, type OwnedFd, READABLE, Watch } from '../native/index.js';
import { errnoOf } from '../os/index.js';
import { responseOf, type SyscallAnswer } from './answer.js';
import { NotifiedCall } from './notified-call.js';

/** Answers a notified system call; calls are handled at the same time, each as long as it takes. */
export type SyscallHandler = (call: NotifiedCall) => SyscallAnswer | Promise<SyscallAnswer>;

/** Told of what went wrong with a call; the call has got an errno all the same. */
export type CallFailure = (error: unknown, call: NotifiedCall) => void;

// fcntl.h
const O_CLOEXEC = 0x80000;

/**
 * Serves one filter: takes each call that waits, has it handled, and answers it. It lives as long as a process has the
 * filter, and keeps the event loop alive meanwhile: the process that made a container is there to answer.
 */
export class SyscallListener implements Disposable {
	readonly #fd: OwnedFd;
	readonly #container: string;
	readonly #handler: SyscallHandler;
	readonly #onFailure: CallFailure;
	readonly #onEnd: () => void;
	readonly #watch: Watch;

	constructor(
		fd: OwnedFd,
		container: string,
		{ handler, onFailure, onEnd }: { handler: SyscallHandler; onFailure: CallFailure; onEnd: () => void },
	) {
		this.#fd = fd;
		this.#container = container;
		this.#handler = handler;
		this.#onFailure = onFailure;
		this.#onEnd = onEnd;
		this.#watch = new Watch(fd.number, READABLE, (events) => this.#receive(events));
	}

	/** Calls that still wait fail with ENOSYS, and so do all later ones. */
	close(): void {
		if (!this.#fd.open) return;
		this.#watch.close();
		this.#fd.close();
		this.#onEnd();
	}

	[Symbol.dispose](): void {
		this.close();
	}

	#receive(events: number): void {
		for (;;) {
			const notification = native().seccompReceive(this.#fd.number);
			if (notification === undefined) break;
			void this.#answer(notification.id, new NotifiedCall(this.#fd, this.#container, notification));
		}
		// Without being readable it is reported when the last process with the filter has ended.
		if ((events & READABLE) === 0) this.close();
		else this.#watch.arm();
	}

	async #answer(id: bigint, call: NotifiedCall): Promise<void> {
		try {
			this.#respond(id, await this.#handler(call));
		} catch (error) {
			this.#onFailure(error, call);
			this.#refuse(id, error, call);
		}
	}

	#refuse(id: bigint, reason: unknown, call: NotifiedCall): void {
		try {
			// An address that the caller got wrong is its own fault, whoever reads there.
			this.#respond(id, { errno: errnoOf(reason) === 'EFAULT' ? 'EFAULT' : 'EPERM' });
		} catch (error) {
			this.#onFailure(error, call);
		}
	}

	#respond(id: bigint, answer: SyscallAnswer): void {
		if (!this.#fd.open) return;
		if (typeof answer === 'object' && 'descriptor' in answer) {
			this.#respondDescriptor(id, answer);
			return;
		}
		const { value, error, goOn } = responseOf(answer);
		native().seccompRespond(this.#fd.number, id, value, error, goOn);
	}

	#respondDescriptor(id: bigint, answer: Extract<SyscallAnswer, { readonly descriptor: unknown }>): void {
		const { descriptor, closeOnExec = false } = answer;
		const fd = typeof descriptor === 'number' ? descriptor : descriptor.fd;
		const flags = closeOnExec ? O_CLOEXEC : 0;
		try {
			native().seccompAddDescriptor(this.#fd.number, id, fd, flags, true);
		} catch (error) {
			// Before Linux 5.14 it is two steps, between which the caller may be interrupted.
			if (!isSystemError(error) || error.code !== 'EINVAL') throw error;
			const number = native().seccompAddDescriptor(this.#fd.number, id, fd, flags, false);
			if (number !== undefined) native().seccompRespond(this.#fd.number, id, BigInt(number), 0, false);
		}
	}
}
