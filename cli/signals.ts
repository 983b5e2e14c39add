import { parseSignal, TsrunError } from '../lib/index.js';

// The signals that a foreground container gets in our place. Left out: what cannot be caught; what is about our own
// children, sockets and window; what would be our own crash; and SIGPWR, with which JavaScriptCore (Bun) stops its threads
// for garbage collection.
export const forwardedSignals = (
	'SIGHUP SIGINT SIGQUIT SIGUSR1 SIGUSR2 SIGALRM SIGTERM SIGCONT SIGTSTP SIGTTIN SIGTTOU SIGXCPU SIGXFSZ SIGVTALRM SIGPROF ' +
	'SIGIO'
).split(' ') as readonly string[] as readonly NodeJS.Signals[];

/** Signals by which a person or a supervisor asks us to end. */
const endings: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/**
 * Takes the signals sent to tsrun while it makes a container. At first a request to end aborts the work, so that it is undone
 * instead of left half-way. From {@link hold} on all signals are meant for the program in the container; {@link forward} names
 * the one that gets them.
 */
export class SignalRelay implements Disposable {
	readonly #abort = new AbortController();
	#held: number[] | undefined;
	#deliver = (signal: number): void => void this.#held?.push(signal);
	/** One listener for all of them: each that `run` has to make and to take away again is time in which nothing runs. */
	readonly #receive = (name: NodeJS.Signals): void => {
		if (this.#held !== undefined) this.#deliver(parseSignal(name));
		else this.#abort.abort(new TsrunError('ERR_ABORTED', `interrupted by ${name}`));
	};

	constructor() {
		for (const name of endings) process.on(name, this.#receive);
	}

	/** Aborted by a request to end; its reason is a TsrunError ERR_ABORTED. */
	get signal(): AbortSignal {
		return this.#abort.signal;
	}

	/** Signals are kept from now on: a program that is about to start would miss what is sent to it before. */
	hold(): void {
		if (this.#held !== undefined) return;
		this.#held = [];
		for (const name of forwardedSignals) if (!endings.includes(name)) process.on(name, this.#receive);
	}

	/** Hands the signals that were kept, and those that come, to `deliver`, by number. */
	forward(deliver: (signal: number) => void): void {
		this.hold();
		this.#deliver = deliver;
		for (const signal of this.#held?.splice(0) ?? []) deliver(signal);
	}

	/** Signals act on tsrun itself again. */
	[Symbol.dispose](): void {
		for (const name of forwardedSignals) process.off(name, this.#receive);
	}
}
