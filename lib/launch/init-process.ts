import { TsrunError } from '../errors/index.js';
import { blocksBriefly, fromSystemError, native, OwnedFd, READABLE, readyBriefly, watchOnce } from '../native/index.js';
import { errnoOf, readProcessStat, unlessAborted } from '../os/index.js';
import { disownChild, ownChild } from './own-children.js';

/** How a process ended: by itself with a code, or by a signal. */
export interface Exit {
	/** 0 to 255; null when a signal ended it. */
	readonly code: number | null;
	/** Number of the signal that ended it; null when it ended by itself. */
	readonly signal: number | null;
}

/** A child of ours, held by a descriptor, so that no other process can be taken for it. */
export class InitProcess {
	readonly pid: number;
	/** Closed as soon as the status was taken. */
	readonly pidfd: OwnedFd;
	#exit: Promise<Exit> | undefined;
	#watch: { ref(): void } | undefined;
	#awaited = false;
	#startTime: string | undefined;

	/**
	 * The status is taken as soon as there is one, whether or not anybody waits: an init that is killed does not end before
	 * every process of its pid namespace has been reaped by its parent (pid_namespaces(7)), and that is us for those of `exec`.
	 * A program that waits in place runs one such process, and waits for it.
	 */
	constructor(pid: number, pidfd: number) {
		this.pid = pid;
		this.pidfd = new OwnedFd(pidfd);
		ownChild(pid);
		if (!blocksBriefly()) this.#begin();
	}

	/** Start time in clock ticks after boot: with the pid, the identity of a process on this boot. */
	get startTime(): string {
		if (this.#startTime !== undefined) return this.#startTime;
		const stat = readProcessStat(this.pid);
		if (stat === undefined) throw new TsrunError('ERR_INIT_DIED', `process ${this.pid} is gone`);
		this.#startTime = String(stat.startTime);
		return this.#startTime;
	}

	/**
	 * Waits for its end, and keeps the event loop alive meanwhile. Every call has the same answer.
	 *
	 * @throws TsrunError ERR_ABORTED when the signal fires first
	 */
	exit(signal?: AbortSignal): Promise<Exit> {
		const exit = this.#begin();
		this.#awaited = true;
		this.#watch?.ref();
		return unlessAborted(exit, signal, 'the wait');
	}

	#begin(): Promise<Exit> {
		if (this.#exit === undefined) {
			this.#exit = this.#waitAndReap();
			// Whoever asks how it ended is told of a failure.
			this.#exit.catch(() => {});
		}
		return this.#exit;
	}

	async #waitAndReap(): Promise<Exit> {
		const status = (await this.#atItsEnd()) ?? (await this.#afterTracer());
		disownChild(this.pid);
		this.pidfd.close();
		return status.signal === 0 ? { code: status.code, signal: null } : { code: null, signal: status.signal };
	}

	/**
	 * The status as soon as the descriptor tells of it; undefined while somebody traces the process, and when the answer was refused: it is
	 * looked for once more then, because a child that is not reaped keeps its pid namespace from ending.
	 */
	async #atItsEnd() {
		try {
			await this.#ended();
			return this.#reap();
		} catch {
			return undefined;
		}
	}

	#reap() {
		try {
			return native().reap(this.pid);
		} catch (error) {
			throw fromSystemError(error, `take the status of process ${this.pid}`);
		}
	}

	async #afterTracer() {
		const { afterTracer } = await import('./traced-child.js');
		const traced = afterTracer(() => this.#reap());
		this.#watch = traced;
		if (this.#awaited) traced.ref();
		return traced.status;
	}

	#ended(): Promise<void> {
		if (readyBriefly(this.pidfd.number, READABLE)) return Promise.resolve();
		return new Promise((resolve, reject) => {
			try {
				const watch = watchOnce(this.pidfd.number, READABLE, () => {
					watch.close();
					this.#watch = undefined;
					resolve();
				});
				watch.unref();
				this.#watch = watch;
			} catch (error) {
				reject(fromSystemError(error, `wait for process ${this.pid}`));
			}
		});
	}

	/** Kills it and waits for its end. */
	async destroy(): Promise<void> {
		// The process before init has been waited for already when init takes its place.
		if (!this.pidfd.open) return;
		try {
			native().pidfdSendSignal(this.pidfd.number, 9);
		} catch (error) {
			if (errnoOf(error) !== 'ESRCH') throw error;
		}
		await this.exit();
	}
}
