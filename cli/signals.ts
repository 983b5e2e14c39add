import { parseSignal, TsrunError } from '../lib/index.js';

// Left out: what cannot be caught; what is about our own children, sockets and window; what would be our own crash; and
// SIGPWR, with which JavaScriptCore (Bun) stops its threads for garbage collection.
const forwarded = (
	'SIGHUP SIGINT SIGQUIT SIGUSR1 SIGUSR2 SIGALRM SIGTERM SIGCONT SIGTSTP SIGTTIN SIGTTOU SIGXCPU SIGXFSZ SIGVTALRM SIGPROF ' +
	'SIGIO'
).split(' ') as NodeJS.Signals[];

/** Signals by which a person or a supervisor asks us to end. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** The signals that a foreground container gets in our place, with their numbers. */
export function forwardedSignals(): ReadonlyMap<NodeJS.Signals, number> {
	return new Map(forwarded.map((name) => [name, parseSignal(name)]));
}

/**
 * Takes the signals sent to tsrun while it makes a container. At first a request to end aborts the work, so that it is undone
 * instead of left half-way. From {@link hold} on all signals are meant for the program in the container; {@link forward} names
 * the one that gets them.
 */
export class SignalRelay implements Disposable {
	readonly #abort = new AbortController();
	readonly #handlers = new Map<NodeJS.Signals, () => void>();
	#held: number[] | undefined;
	#deliver = (signal: number): void => void this.#held?.push(signal);

	constructor() {
		for (const name of endings)
			this.#on(name, () => this.#abort.abort(new TsrunError('ERR_ABORTED', `interrupted by ${name}`)));
	}

	/** Aborted by a request to end; its reason is a TsrunError ERR_ABORTED. */
	get signal(): AbortSignal {
		return this.#abort.signal;
	}

	/** Signals are kept from now on: a program that is about to start would miss what is sent to it before. */
	hold(): void {
		if (this.#held !== undefined) return;
		this.#held = [];
		this[Symbol.dispose]();
		for (const [name, number] of forwardedSignals()) this.#on(name, () => this.#deliver(number));
	}

	/** Hands the signals that were kept, and those that come, to `deliver`, by number. */
	forward(deliver: (signal: number) => void): void {
		this.hold();
		this.#deliver = deliver;
		for (const signal of this.#held?.splice(0) ?? []) deliver(signal);
	}

	/** Signals act on tsrun itself again. */
	[Symbol.dispose](): void {
		for (const [name, handler] of this.#handlers) process.off(name, handler);
		this.#handlers.clear();
	}

	#on(name: NodeJS.Signals, handler: () => void): void {
		this.#handlers.set(name, handler);
		process.on(name, handler);
	}
}
