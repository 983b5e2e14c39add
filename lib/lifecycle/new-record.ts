import type { MadeOnHost } from '../launch/context.js';
import type { InitProcess } from '../launch/init-process.js';
import { stateSpecVersion } from '../plan/hook-state.js';
import type { Plan } from '../plan/plan.js';
import { type CreateRequest, rootfsOf, unitOf } from '../plan/shape.js';
import { resctrlGroups } from '../plan/stages/resctrl.js';
import { type ContainerDir, type ContainerRecord, recordVersion } from '../state/index.js';
import type { Engine } from './engine.js';
import { startSteps } from './start-steps.js';

/** The record of a container that is being made: what it says at each age, and that it is written. */
export class NewRecord {
	readonly #dir: ContainerDir;
	#current: ContainerRecord;
	#isComplete = false;

	/** @param first nothing of it is written yet */
	constructor(dir: ContainerDir, first: ContainerRecord) {
		this.#dir = dir;
		this.#current = first;
	}

	get current(): ContainerRecord {
		return this.#current;
	}

	/** The container was made known. */
	get isComplete(): boolean {
		return this.#isComplete;
	}

	/** Before there is anything to clean up: if this process is killed, `delete --force` finds what it left. */
	async announce(made: MadeOnHost): Promise<void> {
		this.#current = announcedRecord(this.#current, made);
		await this.#dir.writeRecord(this.#current);
	}

	/** Writes what {@link complete} will have to say, if nothing changes until then. */
	prepare(process: InitProcess, made: MadeOnHost): void {
		this.#dir.prepareRecord(completeRecord(this.#current, process, made));
	}

	/** @param namespaces that it has besides those of its config */
	async complete(
		process: InitProcess,
		made: MadeOnHost,
		namespaces: ContainerRecord['namespaces'] = [],
	): Promise<void> {
		const record = completeRecord(this.#current, process, made);
		this.#current = { ...record, namespaces: [...record.namespaces, ...namespaces] };
		await this.#dir.writeRecord(this.#current);
		this.#isComplete = true;
	}
}

/** The record of a container of which nothing has been made yet. */
export function firstRecord(engine: Engine, request: CreateRequest, plan: Plan): ContainerRecord {
	const { spec, id, bundle, facts, options } = request;
	const { hooks } = spec;
	const unit = unitOf(request)?.unit;
	const resctrl = resctrlGroups(request);
	return {
		version: recordVersion,
		id,
		bundle,
		rootfs: rootfsOf(request),
		ociVersion: stateSpecVersion,
		created: new Date().toISOString(),
		pid: 0,
		startTime: '0',
		creating: true,
		...(spec.annotations === undefined ? {} : { annotations: spec.annotations }),
		owner: { uid: facts.euid },
		cgroup: {
			manager: engine.cgroupManager,
			paths: {
				...(plan.cgroup?.unified === undefined ? {} : { v2: plan.cgroup.unified }),
				...(plan.cgroup === null ? {} : { v1: { ...plan.cgroup.v1 } }),
			},
			created: [],
			...(unit === undefined ? {} : { unit }),
		},
		...(resctrl === null ? {} : { resctrl: { ...resctrl, created: [] } }),
		namespaces: (spec.linux?.namespaces ?? []).map(({ type, path }) =>
			path === undefined ? { type } : { type, path },
		),
		rootless: options.rootless,
		newKeyring: options.newKeyring,
		terminal: spec.process?.terminal === true,
		hooks: Object.entries(hooks ?? {}).flatMap(([kind, list]) =>
			list === undefined || list.length === 0 ? [] : [kind],
		),
		hasProcess: spec.process !== undefined,
		startSteps: startSteps(plan),
	};
}

/** The record once it is known what will be made on the host; it is written before that is done. */
function announcedRecord(record: ContainerRecord, made: MadeOnHost): ContainerRecord {
	return { ...record, ...outsideMade(record, made), cgroup: { ...record.cgroup, created: [...made.cgroups] } };
}

/** The record of a container that is there. */
function completeRecord(record: ContainerRecord, process: InitProcess, made: MadeOnHost): ContainerRecord {
	const { creating: _, ...rest } = record;
	return {
		...rest,
		...outsideMade(record, made),
		pid: process.pid,
		startTime: process.startTime,
		cgroup: {
			...record.cgroup,
			paths: reachable(record.cgroup.paths, made.unreachable),
			created: [...made.cgroups],
		},
	};
}

/** The directories that the container really is in. */
function reachable(
	{ v2, v1 }: ContainerRecord['cgroup']['paths'],
	unreachable: readonly string[],
): ContainerRecord['cgroup']['paths'] {
	const legacy = Object.entries(v1 ?? {}).filter(([, directory]) => !unreachable.includes(directory));
	return {
		...(v2 === undefined || unreachable.includes(v2) ? {} : { v2 }),
		...(v1 === undefined ? {} : { v1: Object.fromEntries(legacy) }),
	};
}

function outsideMade({ resctrl }: ContainerRecord, made: MadeOnHost): Pick<ContainerRecord, 'resctrl' | 'mounts'> {
	return {
		...(resctrl === undefined ? {} : { resctrl: { ...resctrl, created: [...made.resctrl] } }),
		...(made.mounts === undefined ? {} : { mounts: made.mounts }),
	};
}
