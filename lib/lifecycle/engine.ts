import { type HostFacts, isRootless } from '../host/index.js';
import type { TellStep } from '../launch/trace.js';
import type { PhaseTimer } from '../os/phase.js';
import type { PlanWarning } from '../plan/plan.js';
import type { StateStore } from '../state/index.js';

/** Who makes cgroups: the runtime itself, systemd, or nobody. */
export type CgroupManager = 'cgroupfs' | 'systemd' | 'disabled';

export interface EngineOptions {
	readonly store: () => StateStore;
	readonly facts: () => HostFacts;
	/** The caller's environment: hooks without one of their own inherit it; LISTEN_FDS and NOTIFY_SOCKET are read from it. */
	readonly environment: Readonly<Record<string, string>>;
	/** How many descriptors from 3 on the caller has handed over; undefined where their flags tell. */
	readonly inheritedDescriptors?: number | undefined;
	readonly cgroupManager: CgroupManager;
	readonly rootless: boolean | 'auto';
	readonly onWarning: (warning: PlanWarning) => void;
	readonly onStep?: TellStep | undefined;
	readonly phase?: PhaseTimer | undefined;
}

/** What every verb works with: where containers are remembered, what is true of the host, and how the caller wants it. */
export class Engine {
	readonly environment: Readonly<Record<string, string>>;
	readonly inheritedDescriptors: number | undefined;
	readonly cgroupManager: CgroupManager;
	readonly onWarning: (warning: PlanWarning) => void;
	readonly onStep: TellStep | undefined;
	/** Times a phase of what is done, where somebody wants to know. */
	readonly phase: PhaseTimer | undefined;
	readonly #store: () => StateStore;
	readonly #gather: () => HostFacts;
	readonly #rootless: boolean | 'auto';

	constructor(options: EngineOptions) {
		this.#store = options.store;
		this.environment = options.environment;
		this.inheritedDescriptors = options.inheritedDescriptors;
		this.cgroupManager = options.cgroupManager;
		this.onWarning = options.onWarning;
		this.onStep = options.onStep;
		this.phase = options.phase;
		this.#gather = options.facts;
		this.#rootless = options.rootless;
	}

	get store(): StateStore {
		return this.#store();
	}

	/** As they are now: a library may live longer than the mounts and cgroups it saw first. */
	facts(): HostFacts {
		return this.#gather();
	}

	isRootless(facts: HostFacts): boolean {
		return isRootless(this.#rootless, facts);
	}
}
