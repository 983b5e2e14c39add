import { native } from '../native/index.js';
import { describeStep } from '../plan/describe.js';
import type { Plan } from '../plan/plan.js';
import type { Step } from '../plan/step.js';

/** When a step of a plan was at work. */
export interface TimedStep {
	/** In the plan; those of both hands are counted. */
	readonly index: number;
	/** Who performed it. */
	readonly actor: Step['actor'];
	/** Which operation of the plan. */
	readonly operation: string;
	/** What of config.json asked for it. */
	readonly pointer: string;
	/** Microseconds since 1970. */
	readonly start: number;
	/** As {@link TimedStep.start}. */
	readonly end: number;
}

export type TellStep = (words: string, step?: TimedStep) => void;

// addon/wire/messages.h: struct tsrun_message, struct tsrun_time.
const headBytes = 16;
const timeBytes = 16;

/**
 * Tells of the steps of a plan once they are done, in their order. Init says nothing of its own before the next barrier;
 * while the host is at work, everything before is done, as the two take turns.
 *
 * A step of init lasts from the end of the one before to its own. What init did not time (see end_times in addon/init/times.h)
 * ends when the host hears of its end, as barriers do.
 */
export class Trace {
	readonly #steps: readonly Step[];
	readonly #tell: TellStep;
	/** Index of the first step in the plan that init counts by. */
	readonly #first: number;
	readonly #now: () => number;
	readonly #ends = new Map<number, number>();
	#told = 0;
	#hostBegan = 0;
	/** When init came to the step that it will be told of next. */
	#initCame = 0;

	constructor({ steps }: Pick<Plan, 'steps'>, tell: TellStep, first = 0, now = () => native().wallClock()) {
		this.#steps = steps;
		this.#tell = tell;
		this.#first = first;
		this.#now = now;
		this.#hostBegan = this.#initCame = now();
	}

	/** The host turns to its next step. */
	begin(): void {
		this.#hostBegan = this.#now();
	}

	/** Takes a message with times. */
	take(message: Buffer): void {
		for (let at = headBytes; at + timeBytes <= message.length; at += timeBytes) {
			const time = Number(message.readBigUInt64LE(at)) / 1000;
			const index = message.readUInt32LE(at + 8) - this.#first;
			// One that was told of before is a barrier that init has passed; one of no step, its beginning.
			if (index < this.#told || index >= this.#steps.length) this.#initCame = Math.max(this.#initCame, time);
			else this.#ends.set(index, time);
		}
	}

	/** The step is done, and so are all before it. */
	doneTo(step: Step): void {
		const now = this.#now();
		const end = this.#steps.indexOf(step, this.#told) + 1;
		for (; this.#told < end; this.#told += 1) {
			const done = this.#steps[this.#told];
			if (done !== undefined) this.#tell(`${done.actor}: ${describeStep(done)}`, this.#timed(done, now));
		}
	}

	#timed(step: Step, now: number): TimedStep {
		const { actor, operation, pointer } = step;
		const index = this.#told + this.#first;
		if (actor === 'host') return { index, actor, operation, pointer, start: this.#hostBegan, end: now };
		const start = Math.min(this.#initCame, now);
		this.#initCame = Math.max(start, this.#ends.get(this.#told) ?? now);
		return { index, actor, operation, pointer, start, end: this.#initCame };
	}
}
