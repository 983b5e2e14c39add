import type { CgroupWrite } from '../plan/resources/limit.js';
import { writeLimits } from './limits.js';
import { readValue } from './value.js';

/** Remembers the values that limits had, to put them back when a change fails half-way. */
export class LimitJournal {
	readonly #old = new Map<string, CgroupWrite[]>();

	/** To be called before a write to `file`; the first call for a file, or a line of it, counts. */
	remember({ entry, disturbs, pointer }: CgroupWrite, file: string): void {
		const key = entry === undefined ? file : `${file} ${entry.key}`;
		if (!this.#old.has(key)) {
			this.#old.set(
				key,
				this.#restoring(file, entry).map((value) => ({ file, value, pointer })),
			);
		}
		for (const other of disturbs ?? []) {
			if (!this.#old.has(other)) this.remember({ file: other, value: '', pointer }, other);
		}
	}

	/**
	 * Puts everything back, the last change first.
	 *
	 * @returns what could not be put back
	 */
	rollBack(): Error[] {
		const failures: Error[] = [];
		// All of them together: the values of before fit each other, and some order leads back to them.
		const writes = [...this.#old.values()].reverse();
		this.#old.clear();
		try {
			writeLimits(writes.flat());
		} catch (error) {
			failures.push(error instanceof Error ? error : new Error(String(error)));
		}
		return failures;
	}

	#restoring(file: string, entry: CgroupWrite['entry']): string[] {
		const lines = readValue(file)
			?.split('\n')
			.filter((line) => line !== '');
		if (lines === undefined) return [];
		if (entry === undefined) return lines;
		const line = lines.find((candidate) => candidate.startsWith(`${entry.key} `));
		if (line === undefined) return [entry.absent];
		return [entry.bare === true ? line.slice(entry.key.length + 1) : line];
	}
}
