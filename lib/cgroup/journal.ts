import type { CgroupWrite } from '../plan/resources/limit.js';
import { restoreLimits } from './limits.js';
import { readValue } from './value.js';

/** Remembers the values that limits had, to put them back when a change fails half-way. */
export class LimitJournal {
	readonly #old = new Map<string, CgroupWrite[]>();

	/** A {@link Witness}: the first write to a file, or to a line of it, counts, and only if it was accepted. */
	remember({ entry, disturbs = [], pointer }: CgroupWrite, file: string): () => void {
		const found = [
			this.#before(file, entry, pointer),
			...disturbs.map((other) => this.#before(other, undefined, pointer)),
		];
		return () => {
			for (const { key, writes } of found) if (!this.#old.has(key)) this.#old.set(key, writes);
		};
	}

	/**
	 * Puts everything back, the last change first; with all of it in one go, since the values of before fit each other.
	 *
	 * @returns what could not be put back
	 */
	rollBack(): Error[] {
		const writes = [...this.#old.values()].reverse().flat();
		this.#old.clear();
		return restoreLimits(writes);
	}

	#before(file: string, entry: CgroupWrite['entry'], pointer: string): { key: string; writes: CgroupWrite[] } {
		const otherwise = entry === undefined ? effective(file) : {};
		const writes = this.#restoring(file, entry).map((value) => ({ file, value, pointer, ...otherwise }));
		return { key: entry === undefined ? file : `${file} ${entry.key}`, writes };
	}

	#restoring(file: string, entry: CgroupWrite['entry']): string[] {
		const lines = readValue(file)
			?.split('\n')
			.filter((line) => line !== '');
		if (lines === undefined) return [];
		// Nothing is a value as well: "as the cgroup above" in cpuset.cpus. A write of no bytes would say nothing to the kernel.
		if (entry === undefined) return lines.length === 0 ? ['\n'] : lines;
		const line = lines.find((candidate) => candidate.startsWith(`${entry.key} `));
		if (line === undefined) return [entry.absent];
		return [entry.bare === true ? line.slice(entry.key.length + 1) : line];
	}
}

/**
 * What an empty list of processors or memory nodes stands for: all of the cgroup above. The kernel answers ENOSPC to an empty
 * list for a cpuset with processes that has had another one (kernel/cgroup/cpuset.c, validate_change()).
 */
function effective(file: string): Pick<CgroupWrite, 'otherwise'> {
	const value = readValue(`${file}.effective`)?.trim();
	return value === undefined ? {} : { otherwise: { file, value, after: 'ENOSPC' } };
}
