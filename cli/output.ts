import { TsrunError } from '../lib/index.js';
import type { Surroundings } from './context.js';

// What a shell shows for a program that SIGPIPE ended; JavaScript engines ignore the signal and report EPIPE instead.
export const brokenPipeStatus = 128 + 13;

/** Standard output, with the memory of why it failed: `tsrun list | head -1` is no failure to be told about. */
export class Output {
	readerHasGone = false;
	readonly #surroundings: Surroundings;

	constructor(surroundings: Surroundings) {
		this.#surroundings = surroundings;
	}

	async print(text: string): Promise<void> {
		try {
			await this.#surroundings.stdout(text);
		} catch (error) {
			this.readerHasGone = error instanceof TsrunError && error.errno === 'EPIPE';
			throw error;
		}
	}
}
