import { describeStep } from '../plan/describe.js';
import type { Plan } from '../plan/plan.js';
import type { Step } from '../plan/step.js';

/**
 * Tells of the steps of a plan once they are done, in their order. Init says nothing of its own before the next barrier;
 * while the host is at work, everything before is done, as the two take turns.
 */
export class Trace {
	readonly #steps: readonly Step[];
	readonly #tell: (words: string) => void;
	#told = 0;

	constructor({ steps }: Plan, tell: (words: string) => void) {
		this.#steps = steps;
		this.#tell = tell;
	}

	/** The step is done, and so are all before it. */
	doneTo(step: Step): void {
		const end = this.#steps.indexOf(step, this.#told) + 1;
		for (const done of this.#steps.slice(this.#told, end)) this.#tell(`${done.actor}: ${describeStep(done)}`);
		this.#told = Math.max(this.#told, end);
	}
}
