import { native } from '../native/load.js';

/** A stretch of what the runtime does. Phases of one operation lie one after the other, or one within another. */
export interface Phase {
	/** What was done. */
	readonly name: string;
	/** Microseconds since 1970. */
	readonly start: number;
	/** As {@link Phase.start}. */
	readonly end: number;
}

/** Times what is done until the result is disposed of. */
export type PhaseTimer = (name: string) => Disposable;

/** @param tell is given each phase at its end */
export function phaseTimer(tell: (phase: Phase) => void): PhaseTimer {
	return (name) => {
		const start = native().wallClock();
		return { [Symbol.dispose]: () => tell({ name, start, end: native().wallClock() }) };
	};
}
