import { systemFailure } from './system-failure.js';

interface Undo {
	readonly what: string;
	readonly undo: () => void | Promise<void>;
	readonly forget: (() => void) | undefined;
}

/**
 * What has to be taken back when an operation fails half-way: each side effect pushes its undo on the next line.
 * `commit` is called once, when the operation is complete; afterwards `unwind` does nothing.
 */
export class UndoStack {
	readonly #undos: Undo[] = [];

	/**
	 * @param what the undo in words ("remove the cgroup"), used when it fails
	 * @param forget called in its place when there is nothing to take back: gives up what was held for it
	 */
	push(what: string, undo: () => void | Promise<void>, forget?: () => void): void {
		this.#undos.push({ what, undo, forget });
	}

	/**
	 * Runs the undos, the last one pushed first. A failing undo does not stop the others.
	 *
	 * @returns what failed, in the order in which it failed; an undo that throws a TsrunError keeps it
	 */
	async unwind(): Promise<Error[]> {
		const failures: Error[] = [];
		for (let next = this.#undos.pop(); next !== undefined; next = this.#undos.pop()) {
			try {
				await next.undo();
			} catch (cause) {
				failures.push(systemFailure(`cannot ${next.what}`, cause));
			}
		}
		return failures;
	}

	/** The operation is complete: forgets every undo. */
	commit(): void {
		for (const { forget } of this.#undos.splice(0)) forget?.();
	}
}
