import type { SystemdManager } from '../cgroup/systemd/manager.js';
import { abortError, TsrunError } from '../errors/index.js';
import { native, OwnedFd } from '../native/index.js';
import { runsProgram } from '../plan/plan.js';
import type { Step } from '../plan/step.js';
import { InitChannel } from './channel.js';
import type { HostMounts, LaunchContext, MadeOnHost } from './context.js';
import { DescriptorTable } from './descriptors.js';
import { encodeProgram } from './encode.js';
import { holdForkedChild } from './forked-child.js';
import { prepareDevices } from './host-ops/devices.js';
import { performHostStep } from './host-ops/index.js';
import { InitProcess } from './init-process.js';
import { encodeCommand, type Report } from './message.js';
import { firstPassed, hasNothingToDo } from './passed-barriers.js';
import { countLaunch, spawnInit } from './spawn-init.js';
import type { Trace } from './trace.js';

/** SECCOMP_FILTER_FLAG_NEW_LISTENER, which the helper adds. */
const newListener = 8;

/**
 * One performance of a plan. The host's steps are done here, in their order; the init steps between them are the
 * helper's, which reports at each barrier.
 */
export class Launch implements Disposable {
	readonly context: LaunchContext;
	readonly descriptors = new DescriptorTable();
	/** Cgroup directories that did not exist before. */
	readonly cgroups: string[] = [];
	/** Groups in resctrl that go with the container. */
	readonly resctrl: string[] = [];
	/** Where the container has mounts in our own mount namespace. */
	mounts: HostMounts | undefined;
	/** A cgroup that cannot be had is no failure, as long as nothing is asked of it. */
	mayGoWithout = false;
	/** Those that the container does without, and why. */
	readonly unreachable = new Map<string, TsrunError>();
	/** Those with a limit in them: nobody goes without these. */
	readonly limited = new Set<string>();
	/** The kernel has put the process in this cgroup already, by CLONE_INTO_CGROUP. */
	enteredByClone: string | undefined;
	/** Processes of the cgroup that were killed for want of memory before it had a limit. */
	memoryKills: bigint | undefined;
	/** The compiled profile, if there is one. */
	#filter: Uint8Array = new Uint8Array();
	#process: InitProcess | undefined;
	#channel: InitChannel | undefined;
	#systemd: SystemdManager | undefined;
	#trace: Trace | undefined;
	/** Barriers that init passes without waiting, and reports all the same. */
	readonly #passed: number[] = [];
	/** The barrier from which init was let go on with the clone. */
	#released: number | undefined;

	constructor(context: LaunchContext) {
		this.context = context;
	}

	/** The process that is, or will be, the container's. */
	get process(): InitProcess {
		if (this.#process === undefined) throw new RangeError('the plan uses a process before it spawns one');
		return this.#process;
	}

	/** That of the process, once there is one. */
	get pid(): number | undefined {
		return this.#process?.pid;
	}

	/** A conversation with systemd that lasts as long as the launch. */
	async systemd(kind: 'system' | 'user'): Promise<SystemdManager> {
		const { SystemdManager } = await import('../cgroup/systemd/manager.js');
		this.#systemd ??= await SystemdManager.open(kind, this.context.environment);
		return this.#systemd;
	}

	get made(): MadeOnHost {
		const { cgroups, resctrl, mounts } = this;
		return { cgroups, resctrl, mounts, unreachable: [...this.unreachable.keys()] };
	}

	/**
	 * Performs the plan to its end.
	 *
	 * @throws TsrunError of the step that failed; what was done is on the undo stack of the context
	 */
	async perform(): Promise<InitProcess> {
		const { plan, signal } = this.context;
		// First of all: a profile that cannot be compiled is found out before anything is done.
		await this.#compileFilter();
		const trace = this.context.trace === undefined ? undefined : await this.#begunTrace(this.context.trace);
		using _counted = countLaunch();
		for (const [index, step] of plan.steps.entries()) {
			// Not between a fork and the wait for it: see awaitFork.
			if (signal?.aborted && step.actor === 'host' && step.operation !== 'await_fork')
				throw abortError(signal, plan.verb);
			trace?.begin();
			if (step.actor === 'host') await this.performHost(step);
			else if (step.operation === 'barrier') {
				if (this.#trace === undefined && hasNothingToDo(this, index)) this.#passed.push(step.args.id);
				else {
					this.#prepareFrom(index);
					await this.#expect('barrier', step.args.id);
				}
			} else continue;
			trace?.doneTo(step);
		}
		// The channel ends with execve(2), or at the barrier after which init waits for somebody else.
		if (runsProgram(plan)) {
			await this.#expectEnd();
			for (const step of plan.steps.slice(-1)) trace?.doneTo(step);
		}
		return this.process;
	}

	async #begunTrace(tell: NonNullable<LaunchContext['trace']>): Promise<Trace> {
		const { Trace } = await import('./trace.js');
		this.#trace = new Trace(this.context.plan, tell);
		return this.#trace;
	}

	/** Does the slow parts of the steps that come right after this barrier while init is on its way to it. */
	#prepareFrom(barrier: number): void {
		for (let index = barrier + 1; ; index += 1) {
			const step = this.context.plan.steps[index];
			if (step?.actor !== 'host') return;
			this.#prepare(step);
		}
	}

	/** The kernel takes longest for these, and they need no process. */
	#prepareDevices(): void {
		for (const step of this.context.plan.steps) if (step.operation === 'restrict_devices') this.#prepare(step);
	}

	#prepare(step: Step): void {
		try {
			if (step.operation === 'restrict_devices') prepareDevices(step.args);
			else if (step.operation === 'record') this.context.prepareRecord?.(this.process, this.made);
		} catch {
			// The step itself tries once more, and says what is wrong.
		}
	}

	async #compileFilter(): Promise<void> {
		for (const step of this.context.plan.steps) {
			if (step.operation !== 'seccomp' || step.args.filter instanceof Uint8Array) continue;
			this.#filter = await this.context.compileFilter(step.args.filter);
			const { flags, notify } = step.args;
			this.context.trace?.(`seccomp filter flags: ${notify === 0 ? flags : flags | newListener}`);
		}
	}

	/** Performs one step of the host's half, of this plan or of what comes after it. */
	async performHost(step: Extract<Step, { actor: 'host' }>): Promise<void> {
		try {
			await performHostStep(this, step);
		} catch (cause) {
			throw await (await import('./host-fault.js')).hostFault(cause, step, this.context, this.#process);
		}
	}

	/** Goes on with another process as the container's: one that CRIU has restored. */
	adopt(process: InitProcess): void {
		this.#process = process;
		this.context.undo.push(`kill process ${process.pid}`, () => process.destroy());
	}

	/** Clones the helper and hands it its program and descriptors. */
	async spawn(flags: bigint, cgroup: number): Promise<void> {
		const { stdio, preserved, ahead, undo, signal, phase } = this.context;
		const slots = this.descriptors.indexes();
		const bytes = this.#encode(slots);
		using program = new OwnedFd(native().sealedMemfd('tsrun-program', bytes));
		const [ours, theirs] = native().socketPair();
		using channelEnd = new OwnedFd(theirs);
		this.#channel = new InitChannel(new OwnedFd(ours), signal);
		using _phase = phase?.('spawn');
		const released = this.#trace === undefined ? firstPassed(this) : undefined;
		const request = {
			flags,
			cgroup,
			fds: [...stdio, ...preserved, channelEnd.number, program.number, ...this.descriptors.numbers()],
			preserved: preserved.length,
			channel: released === undefined ? -1 : this.#channel.number,
			message: encodeCommand('release', released ?? 0),
		};
		const spawned = await spawnInit(request, ahead?.spawner, () => this.#prepareDevices());
		if (spawned.told) this.#released = released;
		const process = new InitProcess(spawned.pid, spawned.pidfd);
		this.#process = process;
		undo.push(`kill process ${process.pid}`, () => process.destroy());
		if (!spawned.intoCgroup) this.enteredByClone = undefined;
	}

	#encode(slots: ReadonlyMap<string, number | null>): Uint8Array {
		const { plan, phase } = this.context;
		using _phase = phase?.('encode');
		return encodeProgram(plan, { slots, compileSeccomp: () => this.#filter, timed: this.#trace !== undefined });
	}

	/**
	 * Waits until the helper has forked, and goes on with its child. That takes no time, and is not aborted: the child is ours
	 * to reap, and as long as it is not, no init of a pid namespace it is in can end.
	 */
	async awaitFork(): Promise<void> {
		const first = this.process;
		const { value } = await this.#expect('forked');
		const process = await holdForkedChild(value);
		this.#process = process;
		this.context.undo.push(`kill process ${process.pid}`, () => process.destroy());
		await first.exit();
		first.pidfd.close();
	}

	release(id: number): void {
		if (id === this.#released) return;
		try {
			this.#conversation.send('release', id);
		} catch (cause) {
			// Its last words, or that it has ended, are heard next, with more to tell.
			if (!this.#passed.includes(id) || !(cause instanceof TsrunError) || cause.errno !== 'EPIPE') throw cause;
		}
	}

	get #conversation(): InitChannel {
		if (this.#channel === undefined) throw new RangeError('the plan talks to init before it spawns one');
		return this.#channel;
	}

	async #expect(kind: 'barrier' | 'forked', value?: number, abortable = kind !== 'forked'): Promise<Report> {
		await this.#expectPassed(abortable);
		const report = await this.#nextReport(abortable);
		if (report === undefined) throw await this.#initDied();
		if (report.kind === kind && (value === undefined || report.value === value)) return report;
		throw new TsrunError('ERR_NATIVE', `the init helper reports ${report.kind} ${report.value} where ${kind} was due`);
	}

	async #expectPassed(abortable: boolean): Promise<void> {
		for (const id of this.#passed.splice(0)) await this.#expect('barrier', id, abortable);
	}

	async #expectEnd(): Promise<void> {
		await this.#expectPassed(true);
		const report = await this.#nextReport();
		if (report !== undefined) {
			throw new TsrunError('ERR_NATIVE', `the init helper reports ${report.kind} after its last step`);
		}
	}

	/** The next report that is not dealt with here; undefined at the end of the conversation. */
	async #nextReport(abortable = true): Promise<Report | undefined> {
		for (;;) {
			const received = await this.#conversation.receive(abortable);
			if (received === undefined) return undefined;
			const { report, descriptor, data } = received;
			if (report.kind === 'fault') {
				const { faultError } = await import('./fault.js');
				throw faultError(this.context.plan, report, this.context.standing);
			}
			if (report.kind === 'warning') await this.#warn(report);
			else if (report.kind === 'console' && descriptor !== undefined)
				await this.context.console(descriptor, report.text);
			else if (report.kind === 'seccomp' && descriptor !== undefined)
				await this.context.seccomp(descriptor, this.process);
			else if (report.kind === 'times') this.#trace?.take(data);
			else if (report.kind === 'tree' && descriptor !== undefined) this.descriptors.keepShown(descriptor);
			else {
				descriptor?.close();
				return report;
			}
		}
	}

	async #warn(report: Report): Promise<void> {
		const { refusedCapabilities } = await import('./refused-capabilities.js');
		const pointer = this.context.plan.steps[report.step]?.pointer ?? '';
		this.context.warn({ message: refusedCapabilities(report), pointer });
	}

	async #initDied(): Promise<TsrunError> {
		const { initDeath } = await import('./init-death.js');
		return initDeath(await this.process.exit(), this.context.plan);
	}

	[Symbol.dispose](): void {
		this.descriptors[Symbol.dispose]();
		this.#channel?.[Symbol.dispose]();
		this.#systemd?.[Symbol.dispose]();
	}
}
