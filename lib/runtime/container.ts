import type { ContainerStats } from '../cgroup/stats/stats.js';
import type { Exit } from '../launch/init-process.js';
import type { CheckpointOptions } from '../lifecycle/checkpoint-options.js';
import type { Engine } from '../lifecycle/engine.js';
import type { ContainerEvent } from '../lifecycle/events.js';
import { observe, openInit } from '../lifecycle/observe.js';
import { exited } from '../native/index.js';
import { signalNumber, userName } from '../os/index.js';
import type { Process, ResourcesInput } from '../spec/index.js';
import { type ContainerDir, type ContainerRecord, type OciState as ContainerState, ociState } from '../state/index.js';
import type { Captured, ExecCaptureOptions } from './capture.js';
import type { ExecHandle } from './exec-handle.js';
import type {
	DeleteOptions,
	ExecOptions,
	KillOptions,
	SampleOptions,
	StartOptions,
	UpdateOptions,
	WaitOptions,
} from './options.js';

// Kept: import() takes Node a tenth of a millisecond for a module that it has already.
let executing: typeof import('./exec-handle.js') | undefined;
let deleting: typeof import('../lifecycle/delete.js') | undefined;

/** A container that exists. One that was looked up is never deleted by going out of scope; see {@link OwnedContainer}. */
export class Container {
	/** The name that it was created by. */
	readonly id: string;
	readonly #engine: Engine;
	readonly #dir: ContainerDir;

	/** @internal */
	constructor(engine: Engine, dir: ContainerDir) {
		this.#engine = engine;
		this.#dir = dir;
		this.id = dir.id;
	}

	/**
	 * What is true of it now: the state document of the runtime-spec.
	 *
	 * @throws TsrunError ERR_NOT_FOUND, ERR_STATE_CORRUPT
	 */
	async state(): Promise<ContainerState> {
		const record = await this.#dir.readRecord();
		return describeState(this.#dir, record, '');
	}

	/**
	 * Runs the program of a created container; resolves when it runs.
	 *
	 * @param options whose signal takes the start back, and whether somebody is told that the program is ready
	 * @throws TsrunError ERR_WRONG_STATUS, ERR_EXECUTABLE, ERR_HOOK_FAILED, ERR_STEP_FAILED
	 */
	async start({ signal, notify }: StartOptions = {}): Promise<void> {
		if (notify === undefined || !this.#engine.environment['NOTIFY_SOCKET']) {
			const { startContainer } = await import('../lifecycle/start.js');
			return startContainer(this.#engine, this.#dir, signal);
		}
		const { startAndNotify } = await import('../lifecycle/notify.js');
		return startAndNotify(this.#engine, this.#dir, notify, signal);
	}

	/**
	 * Sends a signal, given by its name or number, to the container's process.
	 *
	 * @param given default SIGTERM
	 * @throws TsrunError ERR_WRONG_STATUS "container not running", ERR_SIGNAL
	 */
	async kill(given: number | string = 'SIGTERM', options: KillOptions = {}): Promise<void> {
		const { assertSignal, killContainer } = await import('../lifecycle/kill.js');
		const signal = signalNumber(given);
		assertSignal(signal);
		await killContainer(this.#dir, signal, options);
	}

	/** Host pids of every process in the container, ascending. */
	async ps(): Promise<number[]> {
		const { containerProcesses } = await import('../lifecycle/ps.js');
		return containerProcesses(await this.#dir.readRecord());
	}

	/**
	 * Stops every process of the container by its cgroup's freezer; resolves when all stand still.
	 *
	 * @throws TsrunError ERR_WRONG_STATUS, ERR_CGROUP where there is no freezer, ERR_TIMEOUT
	 */
	async pause(): Promise<void> {
		const { pauseContainer } = await import('../lifecycle/pause.js');
		await pauseContainer(this.#dir);
	}

	/**
	 * Lets the processes of a paused container go on.
	 *
	 * @throws TsrunError ERR_WRONG_STATUS "container not paused"
	 */
	async resume(): Promise<void> {
		const { resumeContainer } = await import('../lifecycle/pause.js');
		await resumeContainer(this.#dir);
	}

	/**
	 * Changes limits: what `resources` leaves out stays as it is, and so do device rules. A change is made as a whole or
	 * not at all, and is remembered.
	 *
	 * @param options what else is to change
	 * @throws TsrunError ERR_WRONG_STATUS "container not running", ERR_CGROUP
	 * @throws ConfigError ERR_CONFIG_INVALID, ERR_HOST_UNSUPPORTED
	 */
	async update(resources: ResourcesInput, { intelRdt }: UpdateOptions = {}): Promise<void> {
		const [{ updateContainer }, { readResourcesObject }] = await Promise.all([
			import('../lifecycle/update.js'),
			import('../spec/object.js'),
		]);
		await updateContainer(this.#engine, this.#dir, await readResourcesObject(resources), intelRdt);
	}

	/**
	 * What the container uses: a sample at once and after each interval, until it ends. A sample that is due while the
	 * consumer is busy is left out.
	 *
	 * @param options of which `intervalMs` is 1000 by default
	 * @throws TsrunError ERR_WRONG_STATUS "container with id X is not running", ERR_ABORTED
	 */
	async *stats({ intervalMs = 1000, signal }: SampleOptions = {}): AsyncGenerator<ContainerStats, void, undefined> {
		const { containerEvents } = await import('../lifecycle/events.js');
		for await (const event of containerEvents(this.#dir, { intervalMs, signal, immediate: true, oom: false })) {
			if (event.type === 'stats') yield event.stats;
		}
	}

	/**
	 * What happens in the container, until it ends: a sample of what it uses after each interval, and each time that its
	 * memory runs out.
	 *
	 * @param options of which `intervalMs` is 5000 by default
	 * @throws TsrunError ERR_WRONG_STATUS "container with id X is not running", ERR_CGROUP, ERR_ABORTED
	 */
	async *events({ intervalMs = 5000, signal }: SampleOptions = {}): AsyncGenerator<ContainerEvent, void, undefined> {
		const { containerEvents } = await import('../lifecycle/events.js');
		yield* containerEvents(this.#dir, { intervalMs, signal, immediate: false, oom: true });
	}

	/**
	 * How many processes of the container the kernel has killed because its memory had run out; told also after its end, until it
	 * is deleted. `undefined` where the kernel does not say.
	 *
	 * @throws TsrunError ERR_NOT_FOUND, ERR_STATE_CORRUPT
	 */
	async oomKills(): Promise<bigint | undefined> {
		const { oomKills } = await import('../lifecycle/oom-kills.js');
		return oomKills(await this.#dir.readRecord());
	}

	/**
	 * Runs another program in the container: words to find in its PATH, or a whole process object of the runtime-spec.
	 *
	 * @throws TsrunError ERR_WRONG_STATUS, ERR_ARGUMENT, ERR_EXECUTABLE, ERR_STEP_FAILED, ERR_ABORTED
	 * @throws ConfigError ERR_CONFIG_INVALID for a process object with faults
	 */
	async exec(program: readonly string[] | Process, options: ExecOptions = {}): Promise<ExecHandle> {
		executing ??= await import('./exec-handle.js');
		return executing.execHandle(this.#engine, this.#dir, program, options);
	}

	/**
	 * Runs another program in the container to its end, and gives what it printed. A program that does not end in time is
	 * killed, with all that descend from it.
	 *
	 * @throws TsrunError as {@link Container.exec}; that the program has failed is no error
	 */
	async capture(program: readonly string[] | Process, options: ExecCaptureOptions = {}): Promise<Captured> {
		const { capture, captureStdio } = await import('./capture.js');
		const handle = await this.exec(program, { ...options, stdio: captureStdio(options) });
		return capture(handle, options, () => handle[Symbol.asyncDispose]());
	}

	/**
	 * Saves the container's processes, with all that they hold, so that {@link Runtime.restore} can make them again. The
	 * container is gone afterwards, unless `leaveRunning` or `preDump` says otherwise; when it cannot be saved, it runs on.
	 * It takes CRIU, and root.
	 *
	 * @param imagePath directory for the images, made if it is missing; nobody else may write to it
	 * @throws TsrunError ERR_WRONG_STATUS, ERR_CRIU, ERR_CHECKPOINT, ERR_HOST_UNSUPPORTED, ERR_ABORTED
	 */
	async checkpoint(imagePath: string, options: CheckpointOptions = {}): Promise<void> {
		const [{ checkpointContainer }, { criuSettings }] = await Promise.all([
			import('../lifecycle/checkpoint.js'),
			import('./criu-settings.js'),
		]);
		await checkpointContainer(this.#engine, this.#dir, criuSettings(imagePath, options));
	}

	/**
	 * Waits for the end of the container's process. Its status is known to its parent alone: both members are null for a
	 * container that this process did not make.
	 *
	 * @throws TsrunError ERR_ABORTED when the signal fires first; the container is as it was
	 */
	async wait({ signal }: WaitOptions = {}): Promise<Exit> {
		using init = openInit(await this.#dir.readRecord());
		if (init !== undefined) await exited(init.number, signal === undefined ? {} : { signal });
		return { code: null, signal: null };
	}

	/**
	 * Removes the container and all that belongs to it.
	 *
	 * @throws TsrunError ERR_WRONG_STATUS, ERR_NOT_FOUND
	 */
	async delete({ force = false }: DeleteOptions = {}): Promise<void> {
		deleting ??= await import('../lifecycle/delete.js');
		await deleting.deleteContainer(this.#engine, this.#dir, force);
	}
}

/** The state document of a record. */
export async function describeState(
	dir: ContainerDir,
	record: ContainerRecord,
	owner = userName(record.owner.uid) ?? `#${record.owner.uid}`,
): Promise<ContainerState> {
	return ociState(record, await observe(dir, record), owner);
}
