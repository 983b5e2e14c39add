import type { Ending } from '../../../cli/exit-code.js';
import type { Container, ContainerEvent, ExecHandle, OwnedContainer, Runtime } from '../../../lib/index.js';
import { TsrunError } from '../../../lib/index.js';

/** What was asked of the library: the method's name and its arguments. */
export type Recorded = readonly [method: string, ...args: unknown[]];

export interface Behaviour {
	/** Ids that `get` finds. */
	readonly known?: readonly string[];
	readonly ending?: Ending | Promise<Ending>;
	readonly pids?: readonly number[];
	readonly states?: readonly object[];
	/** What `events` tells of; its samples are what `stats` has. */
	readonly events?: readonly ContainerEvent[];
	readonly listErrors?: readonly Error[];
	/** Errors by method name. */
	readonly failing?: Readonly<Record<string, Error>>;
}

export const state = {
	ociVersion: '1.3.0',
	id: 'web1',
	pid: 42,
	status: 'running',
	bundle: '/srv/web',
	rootfs: '/srv/web/rootfs',
	created: '2026-01-02T03:04:05.678901234Z',
	owner: 'root',
};

/** A library that writes down what it is asked and does nothing. */
export class FakeRuntime {
	readonly calls: Recorded[] = [];
	readonly #behaviour: Behaviour;

	constructor(behaviour: Behaviour = {}) {
		this.#behaviour = behaviour;
	}

	/** The library's class has private members, so nothing but a cast makes another object of its type. */
	asRuntime(): Runtime {
		const runtime = {
			create: async (...args: unknown[]) => this.#made('create', args),
			run: async (...args: unknown[]) => {
				(args[2] as { onStarting?: () => void }).onStarting?.();
				return this.#made('run', args);
			},
			restore: async (...args: unknown[]) => this.#made('restore', args),
			get: async (id: string) => this.#get(id),
			delete: async (id: string, options: { force: boolean }) => this.#delete(id, options),
			list: async () => {
				this.#record('list');
				return { containers: this.#behaviour.states ?? [], errors: this.#behaviour.listErrors ?? [] };
			},
			plan: async (...args: unknown[]) => {
				this.#record('plan', ...args);
				return { verb: 'create', id: 'plan', steps: [], warnings: [{ message: 'odd', pointer: '/x' }], cgroup: null };
			},
			features: async () => ({ ociVersionMin: '1.0.0' }),
		};
		return runtime as unknown as Runtime;
	}

	/** The recorded calls of one method. */
	of(method: string): Recorded[] {
		return this.calls.filter(([name]) => name === method);
	}

	#record(method: string, ...args: unknown[]): void {
		this.calls.push([method, ...args]);
		const error = this.#behaviour.failing?.[method];
		if (error !== undefined) throw error;
	}

	#made(method: string, args: unknown[]): OwnedContainer {
		this.#record(method, ...args);
		const owned = {
			...this.#container(),
			detach: () => this.#record('detach'),
			[Symbol.asyncDispose]: async () => this.#record('dispose'),
		};
		return owned as unknown as OwnedContainer;
	}

	#get(id: string): Container {
		this.#record('get', id);
		if (!(this.#behaviour.known ?? ['web1']).includes(id))
			throw new TsrunError('ERR_NOT_FOUND', 'container does not exist');
		return this.#container() as unknown as Container;
	}

	#delete(id: string, options: { force: boolean }): void {
		this.#record('delete', id, options);
		if (!options.force && !(this.#behaviour.known ?? ['web1']).includes(id))
			throw new TsrunError('ERR_NOT_FOUND', 'container does not exist');
	}

	#container() {
		const verb =
			(name: string, answer?: unknown) =>
			async (...args: unknown[]) => {
				this.#record(name, ...args);
				return answer;
			};
		const { events = [] } = this.#behaviour;
		const samples = events.flatMap((event) => (event.type === 'stats' ? [event.stats] : []));
		return {
			id: 'web1',
			state: verb('state', state),
			start: verb('start'),
			kill: verb('kill'),
			wait: verb('wait', this.#behaviour.ending ?? { code: 0, signal: null }),
			delete: verb('delete'),
			ps: verb('ps', this.#behaviour.pids ?? []),
			pause: verb('pause'),
			resume: verb('resume'),
			checkpoint: verb('checkpoint'),
			...(this.#behaviour.failing?.['oomKills'] === undefined ? {} : { oomKills: verb('oomKills') }),
			update: verb('update'),
			exec: verb('exec', this.#handle(verb)),
			stats: (options: unknown) => this.#iterate('stats', options, samples),
			events: (options: unknown) => this.#iterate('events', options, events),
		};
	}

	async *#iterate<T>(method: string, options: unknown, values: readonly T[]): AsyncGenerator<T> {
		this.#record(method, options);
		yield* values;
	}

	#handle(verb: (name: string, answer?: unknown) => (...args: unknown[]) => Promise<unknown>): ExecHandle {
		const handle = {
			pid: 43,
			wait: verb('exec.wait', this.#behaviour.ending ?? { code: 0, signal: null }),
			kill: verb('exec.kill'),
			resize: verb('exec.resize'),
		};
		return handle as unknown as ExecHandle;
	}
}
