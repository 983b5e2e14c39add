import { TsrunError } from '../errors/index.js';
import { native, OwnedFd, type SeccompNotification } from '../native/index.js';
import { errnoOf, readProcessIdentity, systemFailure } from '../os/index.js';
import { type Architecture, architectureOf } from './architectures.js';

const pageBytes = 4096n;

/** A descriptor taken from a caller: `using` it, or closing it, closes our copy. */
export interface TakenDescriptor extends Disposable {
	/** Its number in this process. */
	readonly fd: number;
	/** Closes our copy; the caller's stays open. */
	close(): void;
}

/**
 * A system call that waits for an answer. What is read of its caller is read by the caller's pid, which is another
 * process's once the caller is gone; so each look is followed by the question whether the call still waits
 * (SECCOMP_IOCTL_NOTIF_ID_VALID), and what was seen counts only then.
 */
export class NotifiedCall {
	/** Id of the container. */
	readonly container: string;
	/** Host pid of the calling thread. */
	readonly pid: number;
	/** As the manual calls it; undefined for a number that libseccomp has no name for. */
	readonly name: string | undefined;
	/** As the calling architecture counts. */
	readonly number: number;
	/** By whose table the number counts; undefined for one this tsrun has no name for. */
	readonly architecture: Architecture | undefined;
	/** Six of them, whatever the call takes; 64 bits, unsigned. */
	readonly args: readonly bigint[];
	readonly #listener: OwnedFd;
	readonly #id: bigint;

	/** @internal */
	constructor(listener: OwnedFd, container: string, notification: SeccompNotification) {
		const { id, pid, number, architecture, args } = notification;
		const [token, name] = architectureOf(architecture, number);
		this.container = container;
		this.pid = pid;
		this.number = number;
		this.name = native().seccompCallName(token, number);
		this.architecture = name;
		this.args = args;
		this.#listener = listener;
		this.#id = id;
	}

	/** Whether the caller still waits. A signal may have interrupted it, or ended it. */
	get waits(): boolean {
		return this.#listener.open && native().seccompPending(this.#listener.number, this.#id);
	}

	/**
	 * Copies memory of the caller.
	 *
	 * @returns `length` bytes, or fewer where readable memory ends before
	 * @throws TsrunError ERR_SYSTEM with errno EFAULT where nothing is readable; ERR_CALL_GONE
	 */
	readMemory(address: bigint, length: number): Buffer {
		const buffer = Buffer.alloc(length);
		if (length === 0) return buffer;
		const size = this.#look('read memory of the caller', () => native().readMemory(this.pid, address, buffer));
		return buffer.subarray(0, size);
	}

	/**
	 * Copies a string of the caller up to its NUL.
	 *
	 * @param limit bytes; 4096 is PATH_MAX, the kernel's own limit of paths
	 * @throws TsrunError ERR_SYSTEM with errno EFAULT, or ENAMETOOLONG where there is no NUL within the limit; ERR_CALL_GONE
	 */
	readString(address: bigint, limit = 4096): string {
		const pieces: Buffer[] = [];
		for (let read = 0; read < limit; ) {
			const at = address + BigInt(read);
			// Page by page: the next one may not be readable, and need not be.
			const rest = Number(pageBytes - (at % pageBytes));
			const piece = this.readMemory(at, Math.min(rest, limit - read));
			const end = piece.indexOf(0);
			pieces.push(end === -1 ? piece : piece.subarray(0, end));
			if (end !== -1) return Buffer.concat(pieces).toString('utf8');
			read += piece.length;
		}
		throw new TsrunError('ERR_SYSTEM', `the string of the caller has no end within ${limit} bytes`, {
			errno: 'ENAMETOOLONG',
			containerId: this.container,
		});
	}

	/**
	 * Takes a copy of one of the caller's descriptors: the same open file.
	 *
	 * @throws TsrunError ERR_SYSTEM with errno EBADF when there is none, ENOSYS before Linux 5.6; ERR_CALL_GONE
	 */
	descriptor(number: number): TakenDescriptor {
		let taken: OwnedFd | undefined;
		try {
			this.#look('take a descriptor of the caller', () => {
				using pidfd = new OwnedFd(openThread(this.pid));
				taken = new OwnedFd(copyDescriptor(pidfd, number));
			});
		} catch (error) {
			taken?.close();
			throw error;
		}
		const owned = taken ?? new OwnedFd(-1);
		return {
			get fd() {
				return owned.number;
			},
			close: () => owned.close(),
			[Symbol.dispose]: () => owned.close(),
		};
	}

	#look<Seen>(what: string, look: () => Seen): Seen {
		let failure: unknown;
		let seen: Seen | undefined;
		try {
			seen = look();
		} catch (error) {
			failure = error;
		}
		if (!this.waits) {
			throw new TsrunError('ERR_CALL_GONE', `cannot ${what}: it does not wait any more`, {
				containerId: this.container,
				cause: failure,
			});
		}
		if (failure !== undefined) throw systemFailure(`cannot ${what}`, failure, { containerId: this.container });
		return seen as Seen;
	}
}

function openThread(tid: number): number {
	try {
		return native().pidfdOpenThread(tid);
	} catch (error) {
		// Linux before 6.9 has descriptors of whole processes only. Threads have their descriptors in common as a rule.
		if (errnoOf(error) !== 'EINVAL') throw error;
		return native().pidfdOpen(readProcessIdentity(tid)?.threadGroup ?? tid);
	}
}

// Nothing stands in for pidfd_getfd(2): what /proc/PID/fd opens is another open file, and no socket.
function copyDescriptor(pidfd: OwnedFd, number: number): number {
	try {
		return native().pidfdGetfd(pidfd.number, number);
	} catch (error) {
		if (errnoOf(error) !== 'ENOSYS') throw error;
		const hint = 'Descriptors of a caller can be taken from Linux 5.6 on.';
		throw systemFailure('cannot take a descriptor of the caller', error, { hint });
	}
}
