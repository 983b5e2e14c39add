import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { native, OwnedFd, READABLE, Watch } from '../../native/index.js';
import { systemFailure } from '../../os/index.js';
import { writeValue } from '../value.js';
import type { OomWatch } from './oom-watch.js';

/**
 * cgroup v1: an eventfd that the kernel adds to when a cgroup is out of memory, whether it then kills or waits
 * (Documentation/admin-guide/cgroup-v1/memory.rst, "OOM Control").
 */
export class LegacyOomWatch implements OomWatch {
	readonly #directory: string;
	readonly #counter: OwnedFd;
	readonly #watch: Watch;

	/** @throws TsrunError ERR_CGROUP */
	constructor(directory: string, onEvent: () => void) {
		this.#directory = directory;
		this.#counter = new OwnedFd(native().eventfd());
		try {
			register(directory, this.#counter.number);
			this.#watch = new Watch(this.#counter.number, READABLE, onEvent);
		} catch (cause) {
			this.#counter.close();
			throw systemFailure(`cannot watch the memory of ${directory}`, cause, { path: directory }, 'ERR_CGROUP');
		}
	}

	take(): number {
		const bytes = new Uint8Array(8);
		const read = native().read(this.#counter.number, bytes, 0, bytes.length);
		this.#watch.arm();
		if (read === undefined) return 0;
		const count = Number(new DataView(bytes.buffer).getBigUint64(0, isLittleEndian));
		// The removal of the cgroup is added as well.
		return existsSync(this.#directory) ? count : count - 1;
	}

	[Symbol.dispose](): void {
		this.#watch.close();
		this.#counter.close();
	}
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function register(directory: string, counter: number): void {
	const control = openSync(`${directory}/memory.oom_control`, constants.O_RDONLY);
	try {
		writeValue(`${directory}/cgroup.event_control`, `${counter} ${control}`);
	} finally {
		closeSync(control);
	}
}
