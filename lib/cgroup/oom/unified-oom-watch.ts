import { constants, openSync, readSync } from 'node:fs';
import { OwnedFd, Watch } from '../../native/index.js';
import { errnoOf, systemFailure } from '../../os/index.js';
import { parseCounters } from '../stats/counters.js';
import type { OomWatch } from './oom-watch.js';

/**
 * cgroup v2: memory.events, of which the kernel says by EPOLLPRI and EPOLLERR that it has changed since it was read
 * (Documentation/admin-guide/cgroup-v2.rst). It counts the cgroups below, too.
 */
export class UnifiedOomWatch implements OomWatch {
	readonly #file: OwnedFd;
	readonly #watch: Watch;
	#seen: number;

	/** @returns undefined where the memory controller is not enabled */
	static open(directory: string, onEvent: () => void): UnifiedOomWatch | undefined {
		const path = `${directory}/memory.events`;
		try {
			return new UnifiedOomWatch(new OwnedFd(openSync(path, constants.O_RDONLY)), onEvent);
		} catch (cause) {
			if (errnoOf(cause) === 'ENOENT') return undefined;
			throw systemFailure(`cannot watch ${path}`, cause, { path }, 'ERR_CGROUP');
		}
	}

	private constructor(file: OwnedFd, onEvent: () => void) {
		this.#file = file;
		// Before the watch: only what changes after a read is an event.
		this.#seen = this.#kills() ?? 0;
		// No event is asked for: an error is reported in any case, and readable the file is always.
		this.#watch = new Watch(file.number, 0, onEvent);
	}

	take(): number {
		const kills = this.#kills();
		if (kills === undefined) return 0;
		// A removed cgroup is an error for good, and armed it would ring without end.
		this.#watch.arm();
		const more = kills - this.#seen;
		this.#seen = kills;
		return more;
	}

	/** undefined: the cgroup has been removed. */
	#kills(): number | undefined {
		const buffer = Buffer.alloc(4096);
		try {
			const length = readSync(this.#file.number, buffer, 0, buffer.length, 0);
			return Number(parseCounters(buffer.toString('utf8', 0, length)).get('oom_kill') ?? 0);
		} catch (error) {
			if (errnoOf(error) === 'ENODEV') return undefined;
			throw error;
		}
	}

	[Symbol.dispose](): void {
		this.#watch.close();
		this.#file.close();
	}
}
