import { TsrunError } from '../errors/index.js';
import { exited, native, OwnedFd } from '../native/index.js';
import { errnoOf, readProcessStat, unlessAborted } from '../os/index.js';

/** How a process ended: by itself with a code, or by a signal. */
export interface Exit {
	readonly code: number | null;
	readonly signal: number | null;
}

/** A child of ours, held by a descriptor, so that no other process can be taken for it. */
export class InitProcess {
	readonly pid: number;
	/** Closed as soon as the status was taken. */
	readonly pidfd: OwnedFd;
	#exit: Promise<Exit> | undefined;

	constructor(pid: number, pidfd: number) {
		this.pid = pid;
		this.pidfd = new OwnedFd(pidfd);
	}

	/** Start time in clock ticks after boot: with the pid, the identity of a process on this boot. */
	get startTime(): string {
		const stat = readProcessStat(this.pid);
		if (stat === undefined) throw new TsrunError('ERR_INIT_DIED', `process ${this.pid} is gone`);
		return String(stat.startTime);
	}

	/**
	 * Waits for its end and takes its status. Every call after the first has the same answer.
	 *
	 * @throws TsrunError ERR_ABORTED when the signal fires first
	 */
	exit(signal?: AbortSignal): Promise<Exit> {
		this.#exit ??= this.#waitAndReap();
		return unlessAborted(this.#exit, signal, 'the wait');
	}

	async #waitAndReap(): Promise<Exit> {
		await exited(this.pidfd.number);
		const status = native().reap(this.pid);
		this.pidfd.close();
		if (status === undefined) throw new TsrunError('ERR_NATIVE', `process ${this.pid} has ended and has no status`);
		return status.signal === 0 ? { code: status.code, signal: null } : { code: null, signal: status.signal };
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
