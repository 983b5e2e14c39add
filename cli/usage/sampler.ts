import { type ContainerState, type ContainerStats, type Runtime, TsrunError } from '../../lib/index.js';
import { cpuPercent, throttledPercent, type Usage, usageOf } from './usage.js';

/** A container with what it uses, and with what follows from the sample before this one. */
export interface Row {
	readonly id: string;
	readonly status: ContainerState['status'];
	readonly pid: number;
	readonly usage: Usage;
	/** Percent of one processor since the sample before; undefined in the first one. */
	readonly cpu: number | undefined;
	readonly throttled: number | undefined;
}

/** Samples all containers, or those that are asked for, again and again; remembers the last sample of each. */
export class Sampler {
	readonly #runtime: Runtime;
	readonly #ids: readonly string[];
	#before = new Map<string, Usage>();

	/** @param ids an empty list means all */
	constructor(runtime: Runtime, ids: readonly string[] = []) {
		this.#runtime = runtime;
		this.#ids = ids;
	}

	/**
	 * One row for each container that has processes, by id.
	 *
	 * @throws TsrunError ERR_NOT_FOUND, ERR_WRONG_STATUS "container with id X is not running" for one that was asked for by name
	 */
	async sample(): Promise<Row[]> {
		const rows: Row[] = [];
		const seen = new Map<string, Usage>();
		for (const { id, status, pid } of await this.#states()) {
			const stats = await this.#stats(id);
			if (stats === undefined) continue;
			const usage = usageOf(stats);
			const before = this.#before.get(id);
			rows.push({ id, status, pid, usage, cpu: cpuPercent(before, usage), throttled: throttledPercent(before, usage) });
			seen.set(id, usage);
		}
		this.#before = seen;
		return rows;
	}

	async #states(): Promise<Pick<ContainerState, 'id' | 'status' | 'pid'>[]> {
		if (this.#ids.length > 0) {
			return Promise.all(this.#ids.map(async (id) => await (await this.#runtime.get(id)).state()));
		}
		const { containers } = await this.#runtime.list();
		return containers.filter(({ status }) => status !== 'stopped' && status !== 'creating');
	}

	/** undefined for one that has ended since it was listed. */
	async #stats(id: string): Promise<ContainerStats | undefined> {
		try {
			return await statsOf(this.#runtime, id);
		} catch (error) {
			const gone = error instanceof TsrunError && ['ERR_NOT_FOUND', 'ERR_WRONG_STATUS'].includes(error.code);
			if (gone && this.#ids.length === 0) return undefined;
			throw error;
		}
	}
}

/** One sample of a container. */
export async function statsOf(runtime: Runtime, id: string): Promise<ContainerStats | undefined> {
	const container = await runtime.get(id);
	for await (const stats of container.stats()) return stats;
	return undefined;
}
