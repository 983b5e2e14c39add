import type { ContainerStats } from '../cgroup/stats/stats.js';
import type { Exit } from '../launch/init-process.js';
import type { Engine } from '../lifecycle/engine.js';
import type { ContainerEvent } from '../lifecycle/events.js';
import { observe, openInit } from '../lifecycle/observe.js';
import { exited } from '../native/index.js';
import { userName } from '../os/index.js';
import type { Process, Resources } from '../spec/index.js';
import { type ContainerDir, type ContainerRecord, type OciState, ociState } from '../state/index.js';
import type { ExecHandle } from './exec-handle.js';
import type { ExecOptions, SampleOptions } from './options.js';

/** The state document of runtime.md with runc's additions; `owner` is the name of the user who made the container. */
export type ContainerState = OciState;

/** A container that exists. One that was looked up is never deleted by going out of scope; see {@link OwnedContainer}. */
export class Container {
	readonly id: string;
	protected readonly engine: Engine;
	protected readonly dir: ContainerDir;

	/** Containers come from {@link Runtime}. */
	constructor(engine: Engine, dir: ContainerDir) {
		this.engine = engine;
		this.dir = dir;
		this.id = dir.id;
	}

	/** @throws TsrunError ERR_NOT_FOUND, ERR_STATE_CORRUPT */
	async state(): Promise<ContainerState> {
		const record = await this.dir.readRecord();
		return describeState(this.dir, record, '');
	}

	/**
	 * Runs the program of a created container; resolves when it runs.
	 *
	 * @throws TsrunError ERR_WRONG_STATUS, ERR_EXECUTABLE, ERR_HOOK_FAILED, ERR_STEP_FAILED
	 */
	async start({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
		const { startContainer } = await import('../lifecycle/start.js');
		await startContainer(this.engine, this.dir, signal);
	}

	/**
	 * Sends a signal, given by its number, to the container's process.
	 *
	 * @param options.all a container that has stopped already is no error
	 * @throws TsrunError ERR_WRONG_STATUS "container not running", ERR_SIGNAL
	 */
	async kill(signal: number, options: { all?: boolean } = {}): Promise<void> {
		const { assertSignal, killContainer } = await import('../lifecycle/kill.js');
		assertSignal(signal);
		await killContainer(this.dir, signal, options);
	}

	/** Host pids of every process in the container, ascending. */
	async ps(): Promise<number[]> {
		const { containerProcesses } = await import('../lifecycle/ps.js');
		return containerProcesses(await this.dir.readRecord());
	}

	/**
	 * Stops every process of the container by its cgroup's freezer; resolves when all stand still.
	 *
	 * @throws TsrunError ERR_WRONG_STATUS, ERR_CGROUP where there is no freezer, ERR_TIMEOUT
	 */
	async pause(): Promise<void> {
		const { pauseContainer } = await import('../lifecycle/pause.js');
		await pauseContainer(this.dir);
	}

	/** @throws TsrunError ERR_WRONG_STATUS "container not paused" */
	async resume(): Promise<void> {
		const { resumeContainer } = await import('../lifecycle/pause.js');
		await resumeContainer(this.dir);
	}

	/**
	 * Changes limits: what `resources` leaves out stays as it is, and so do device rules. A change is made as a whole or
	 * not at all, and is remembered.
	 *
	 * @throws TsrunError ERR_WRONG_STATUS "container not running", ERR_CGROUP
	 * @throws ConfigError ERR_HOST_UNSUPPORTED
	 */
	async update(resources: Resources): Promise<void> {
		const { updateContainer } = await import('../lifecycle/update.js');
		await updateContainer(this.engine, this.dir, resources);
	}

	/**
	 * What the container uses: a sample at once and after each interval, until it ends. A sample that is due while the
	 * consumer is busy is left out.
	 *
	 * @param options.intervalMs default 1000
	 * @throws TsrunError ERR_WRONG_STATUS "container with id X is not running", ERR_ABORTED
	 */
	async *stats({ intervalMs = 1000, signal }: SampleOptions = {}): AsyncGenerator<ContainerStats, void, undefined> {
		const { containerEvents } = await import('../lifecycle/events.js');
		for await (const event of containerEvents(this.dir, { intervalMs, signal, immediate: true, oom: false })) {
			if (event.type === 'stats') yield event.stats;
		}
	}

	/**
	 * What happens in the container, until it ends: a sample of what it uses after each interval, and each time that its
	 * memory runs out.
	 *
	 * @param options.intervalMs default 5000
	 * @throws TsrunError ERR_WRONG_STATUS "container with id X is not running", ERR_CGROUP, ERR_ABORTED
	 */
	async *events({ intervalMs = 5000, signal }: SampleOptions = {}): AsyncGenerator<ContainerEvent, void, undefined> {
		const { containerEvents } = await import('../lifecycle/events.js');
		yield* containerEvents(this.dir, { intervalMs, signal, immediate: false, oom: true });
	}

	/**
	 * Runs another program in the container: words to find in its PATH, or a whole process object of the runtime-spec.
	 *
	 * @throws TsrunError ERR_WRONG_STATUS, ERR_EXECUTABLE, ERR_STEP_FAILED, ERR_ABORTED
	 */
	async exec(program: readonly string[] | Process, options: ExecOptions = {}): Promise<ExecHandle> {
		const { execHandle } = await import('./exec-handle.js');
		return execHandle(this.engine, this.dir, program, options);
	}

	/**
	 * Waits for the end of the container's process. Its status is known to its parent alone: both members are null for a
	 * container that this process did not make.
	 */
	async wait({ signal }: { signal?: AbortSignal } = {}): Promise<Exit> {
		using init = openInit(await this.dir.readRecord());
		if (init !== undefined) await exited(init.number, signal === undefined ? {} : { signal });
		return { code: null, signal: null };
	}

	/**
	 * Removes the container and all that belongs to it.
	 *
	 * @param options.force also one that runs, which is killed, and one that is gone already
	 * @throws TsrunError ERR_WRONG_STATUS, ERR_NOT_FOUND
	 */
	async delete({ force = false }: { force?: boolean } = {}): Promise<void> {
		const { deleteContainer } = await import('../lifecycle/delete.js');
		await deleteContainer(this.engine, this.id, force);
	}
}

/** The state document of a record. */
export async function describeState(
	dir: ContainerDir,
	record: ContainerRecord,
	owner = userName(record.owner.uid),
): Promise<ContainerState> {
	return ociState(record, await observe(dir, record), owner);
}
