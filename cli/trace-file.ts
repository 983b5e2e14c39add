import { type Phase, type TimedStep, TsrunError } from '../lib/index.js';
import { resolve } from '../lib/paths.js';

/** One event of the trace event format that Chrome and Perfetto read: `X` is a span, `M` names a row. */
interface TraceEvent {
	readonly name: string;
	readonly cat?: string;
	readonly ph: 'X' | 'M';
	/** Microseconds. */
	readonly ts: number;
	readonly dur?: number;
	readonly pid: number;
	readonly tid: number;
	readonly args?: object;
}

/** Rows of the picture: what the runtime's own process does, and what init does in the namespaces meanwhile. */
const rows = { host: 1, init: 2 } as const;

/** The timeline of one call, written to a file at its end. */
export class TraceFile {
	readonly #path: string;
	readonly #pid: number;
	readonly #events: TraceEvent[] = [];
	readonly #began = performance.timeOrigin * 1000;
	#written = false;

	/** @throws TsrunError ERR_SYSTEM when the file cannot be made */
	constructor(path: string, pid: number = process.pid) {
		this.#path = resolve(path);
		this.#pid = pid;
		// Now, not at the end: a place that cannot be written to is no reason to have made a container.
		this.#put('');
		this.onPhase({ name: 'start of the program', start: this.#began, end: this.#now() });
	}

	readonly onPhase = ({ name, start, end }: Phase): void => this.#span('phase', name, rows.host, start, end);

	readonly onStep = (words: string, step?: TimedStep): void => {
		if (step === undefined) return;
		const { index, actor, operation, pointer, start, end } = step;
		const name = words.slice(words.indexOf(': ') + 2);
		this.#span(actor, name, rows[actor], start, end, { index, operation, pointer });
	};

	/**
	 * Writes the file, once.
	 *
	 * @param verb the whole call, from the start of the program until now
	 * @throws TsrunError ERR_SYSTEM
	 */
	write(verb: string): void {
		if (this.#written) return;
		this.#written = true;
		// Two clocks, which differ by less than anybody would see, and spans have to nest all the same.
		const last = Math.max(...this.#events.map(({ ts, dur = 0 }) => ts + dur));
		this.#span('phase', `tsrun ${verb}`, rows.host, this.#began, Math.max(this.#now(), this.#began + last));
		const named = (name: string, tid: number, text: string): TraceEvent => {
			return { name, ph: 'M', ts: 0, pid: this.#pid, tid, args: { name: text } };
		};
		const names = [
			named('process_name', rows.host, 'tsrun'),
			named('thread_name', rows.host, 'runtime'),
			named('thread_name', rows.init, 'init, in the namespaces of the container'),
		];
		// A span stands before those within it: of two that begin together the longer one is the outer one.
		const events = this.#events.sort((one, other) => one.ts - other.ts || (other.dur ?? 0) - (one.dur ?? 0));
		this.#put(`${JSON.stringify({ traceEvents: [...names, ...events], displayTimeUnit: 'ms' })}\n`);
	}

	#now(): number {
		return (performance.timeOrigin + performance.now()) * 1000;
	}

	// Relative to the start of the program, in whole nanoseconds.
	#span(cat: string, name: string, tid: number, start: number, end: number, args?: object): void {
		const ts = round(start - this.#began);
		const dur = round(round(end - this.#began) - ts);
		this.#events.push({ name, cat, ph: 'X', ts, dur, pid: this.#pid, tid, ...(args === undefined ? {} : { args }) });
	}

	#put(text: string): void {
		try {
			// Loaded by those alone who trace: the call that is looked at has ended by then.
			process.getBuiltinModule('node:fs').writeFileSync(this.#path, text);
		} catch (cause) {
			const { code, syscall } = cause as NodeJS.ErrnoException;
			const details = { path: this.#path, errno: code, syscall, cause };
			throw new TsrunError('ERR_SYSTEM', `cannot write the trace ${this.#path}`, details);
		}
	}
}

const round = (microseconds: number): number => Math.round(microseconds * 1000) / 1000;
