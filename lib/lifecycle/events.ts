import { type OomWatch, watchOom } from '../cgroup/oom/oom-watch.js';
import type { ContainerStats } from '../cgroup/stats/stats.js';
import { TsrunError } from '../errors/index.js';
import { type OwnedFd, READABLE, Watch } from '../native/index.js';
import { longestDelayMs } from '../os/index.js';
import type { ContainerDir, ContainerRecord } from '../state/index.js';
import { Bell } from './bell.js';
import { observe, openInit } from './observe.js';
import { containerStats } from './stats.js';

/** Something that is to be told of a container. */
export type ContainerEvent =
	| { readonly type: 'stats'; readonly id: string; readonly stats: ContainerStats }
	/** Memory ran out: a process was killed for it, or, on v1 with the OOM killer off, has to wait. */
	| { readonly type: 'oom'; readonly id: string };

export interface EventSettings {
	/** Time between two samples. */
	readonly intervalMs: number;
	/** Whether the first sample comes at once and not after an interval. */
	readonly immediate: boolean;
	/** Whether {@link ContainerEvent} of memory are wanted. */
	readonly oom: boolean;
	readonly signal?: AbortSignal | undefined;
}

/**
 * What happens in a container, until it ends. The kernel tells of the end and of memory; only usage is looked up, once
 * in an interval. Intervals that pass while the consumer is busy are left out.
 *
 * @throws TsrunError ERR_ARGUMENT, ERR_WRONG_STATUS "container with id X is not running", ERR_CGROUP, ERR_ABORTED
 */
export async function* containerEvents(
	dir: ContainerDir,
	{ intervalMs, immediate, oom, signal }: EventSettings,
): AsyncGenerator<ContainerEvent, void, undefined> {
	if (!(intervalMs > 0)) throw new TsrunError('ERR_ARGUMENT', 'duration interval must be greater than 0');
	const record = await dir.readRecord();
	const { id } = record;
	using init = (await observe(dir, record)) === 'stopped' ? undefined : openInit(record);
	if (init === undefined) {
		throw new TsrunError('ERR_WRONG_STATUS', `container with id ${id} is not running`, { containerId: id });
	}
	using watch = new ContainerWatch(record, init, { intervalMs: Math.min(intervalMs, longestDelayMs), oom });
	if (immediate) yield { type: 'stats', id, stats: containerStats(record) };
	for (;;) {
		await watch.bell.rung(signal, 'the events of a container');
		// An end that came while a line was written must not hide what led to it.
		const { ended } = watch;
		for (let left = watch.takeOoms(); left > 0; left--) yield { type: 'oom', id };
		if (ended) return;
		if (watch.takeDue()) yield { type: 'stats', id, stats: containerStats(record) };
	}
}

/** All that can happen, behind one bell. */
class ContainerWatch implements Disposable {
	readonly bell = new Bell();
	ended = false;
	#due = false;
	readonly #exit: Watch;
	readonly #oom: OomWatch | undefined;
	readonly #timer: NodeJS.Timeout;

	constructor({ cgroup }: ContainerRecord, init: OwnedFd, { intervalMs, oom }: { intervalMs: number; oom: boolean }) {
		this.#oom = oom ? watchOom(cgroup.paths, () => this.bell.ring()) : undefined;
		this.#exit = new Watch(init.number, READABLE, () => {
			this.ended = true;
			this.bell.ring();
		});
		this.#timer = setInterval(() => {
			this.#due = true;
			this.bell.ring();
		}, intervalMs);
	}

	takeOoms(): number {
		return this.#oom?.take() ?? 0;
	}

	takeDue(): boolean {
		const due = this.#due;
		this.#due = false;
		return due;
	}

	[Symbol.dispose](): void {
		clearInterval(this.#timer);
		this.#exit.close();
		this.#oom?.[Symbol.dispose]();
	}
}
