import type { FailureContext } from '../errors/index.js';
import type { OwnedFd } from '../native/index.js';
import type { UndoStack } from '../os/index.js';
import type { PhaseTimer } from '../os/phase.js';
import type { StateSubject } from '../plan/hook-state.js';
import type { Plan, PlanWarning } from '../plan/plan.js';
import type { Seccomp } from '../spec/types.js';
import type { InitProcess } from './init-process.js';
import type { NamespacesAhead } from './namespaces-ahead.js';
import type { TellStep } from './trace.js';

/** What performing a plan needs from the verb that wants it performed. */
export interface LaunchContext {
	readonly plan: Plan;
	/** Namespaces that are being made already. */
	readonly ahead?: NamespacesAhead | undefined;
	/** Descriptors for 0, 1 and 2 of the process; -1 for /dev/null. */
	readonly stdio: readonly [number, number, number];
	/** Descriptors that become 3 and up. */
	readonly preserved: readonly number[];
	/** Path of the socket that `start` connects to, where init waits for that. */
	readonly startSocket?: string | undefined;
	/** What decides between the reasons that one errno may have. */
	readonly standing: FailureContext;
	/** Of whom the hooks are told. */
	readonly subject: StateSubject;
	/** The caller's environment: what a hook without `env` inherits. */
	readonly environment: Readonly<Record<string, string>>;
	/** Takes what has to be taken back if a later step fails. */
	readonly undo: UndoStack;
	readonly signal?: AbortSignal | undefined;
	/** These are about to be made on the host: remember them in case this process does not live to undo it. */
	announce(made: MadeOnHost): Promise<void> | void;
	/** The container is about to be complete: what takes time of `record` may be done now. A failure counts there, not here. */
	prepareRecord?(process: InitProcess, made: MadeOnHost): void;
	/** The container is complete: make it known. */
	record(process: InitProcess, made: MadeOnHost): Promise<void> | void;
	/** The terminal's master has arrived. */
	console(master: OwnedFd, name: string): Promise<void> | void;
	/** The BPF program of a profile. */
	compileFilter(profile: Seccomp): Promise<Uint8Array>;
	/** The listener of a seccomp filter with SCMP_ACT_NOTIFY has arrived. */
	seccomp(listener: OwnedFd, process: InitProcess): Promise<void> | void;
	warn(warning: PlanWarning): void;
	/** Told of what is done, in words, and when. Init is asked for its times only if somebody is. */
	readonly trace?: TellStep | undefined;
	readonly phase?: PhaseTimer | undefined;
}

/** Mounts of a container that has no mount namespace. */
export interface HostMounts {
	/** As /proc/self/mountinfo has it. */
	readonly path: string;
	/** How many mounts at that path are not the container's. */
	readonly below: number;
}

/** What exists on the host because of this plan, and goes with the container. */
export interface MadeOnHost {
	/** Cgroup directories, topmost first. */
	readonly cgroups: readonly string[];
	/** Groups in resctrl, outermost first. */
	readonly resctrl: readonly string[];
	/** Where mounts of the container are in the runtime's own mount namespace, and how many were there before. */
	readonly mounts?: HostMounts | undefined;
	/** Directories of the plan's cgroup that could not be made or entered; the container does without. */
	readonly unreachable: readonly string[];
}
