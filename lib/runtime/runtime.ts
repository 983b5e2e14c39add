import { afterUndo } from '../errors/index.js';
import { defaultStateRoot, gatherFacts, gatherIdentity } from '../host/index.js';
import { Engine } from '../lifecycle/engine.js';
import { native } from '../native/index.js';
import { absolutePath } from '../plan/absolute-path.js';
import type { Plan } from '../plan/plan.js';
import type { SyscallAgent } from '../seccomp/agent.js';
import { StateStore } from '../state/index.js';
import { assertConsole } from './console-choice.js';
import { Container, type ContainerState, describeState } from './container.js';
import type { Features } from './features.js';
import { type ConsoleOutcome, closeConsole, consoleSettings } from './launch-settings.js';
import type { CreateOptions, RuntimeOptions } from './options.js';
import { OwnedContainer } from './owned-container.js';
import { preservedDescriptors } from './preserved.js';
import { prepareStdio } from './stdio.js';

/** Makes containers and finds those that exist. Nothing is done or read before the first call of a method. */
export class Runtime {
	readonly #engine: Engine;

	constructor(options: RuntimeOptions = {}) {
		const environment = options.env ?? definedVariables(process.env);
		let root = options.root === undefined ? undefined : { path: options.root, sticky: false };
		let store: StateStore | undefined;
		this.#engine = new Engine({
			store: () => {
				root ??= defaultStateRoot(gatherIdentity(), environment);
				store ??= new StateStore(root.path, { sticky: root.sticky });
				return store;
			},
			facts: gatherFacts,
			environment,
			inheritedDescriptors: options.inheritedDescriptors,
			cgroupManager: options.cgroupManager ?? 'cgroupfs',
			rootless: options.rootless ?? 'auto',
			onWarning: options.onWarning ?? (() => {}),
		});
	}

	/**
	 * Makes a container out of a bundle: everything but its program is in place, and the program waits for `start`.
	 * The container belongs to the caller, who disposes of it (`await using`) or detaches it.
	 *
	 * @param id letters, digits and `_+.-`, at most 255
	 * @param bundle directory with config.json and, as a rule, the root file system
	 * @throws TsrunError ERR_BUNDLE, ERR_CONFIG_*, ERR_ID_*, ERR_STEP_FAILED, ERR_EXECUTABLE, ERR_HOOK_FAILED and others;
	 *   nothing is left behind then
	 */
	async create(id: string, bundle: string, options: CreateOptions = {}): Promise<OwnedContainer> {
		assertConsole(options);
		const { createContainer } = await import('../lifecycle/create.js');
		const engine = this.#engine;
		const preserved = preservedDescriptors(options.preserveFds ?? 0, options.listenFds === true, engine);
		const console: ConsoleOutcome = {};
		using stdio = prepareStdio(options.stdio ?? 'inherit');
		if (options.subreaper === true) native().setSubreaper(true);
		const agent = await syscallAgent(options, engine);
		const creating = createContainer(engine, id, absolutePath(workingDirectory(), bundle), {
			stdio: stdio.descriptors,
			preserved: preserved.numbers,
			listenDescriptors: preserved.listening,
			listenNames: preserved.names,
			pivot: options.pivot ?? true,
			newKeyring: options.newKeyring ?? true,
			configFile: options.configFile,
			pidFile: options.pidFile,
			signal: options.signal,
			agent,
			...consoleSettings(options, console, 'standard'),
		});
		const { process, dir } = await creating.catch(async (cause) => {
			throw await afterUndo(cause, () => closeConsole(console));
		});
		return new OwnedContainer(engine, dir, {
			process,
			streams: await stdio.streams(),
			console,
			subreaper: options.subreaper === true,
			keep: options.keep === true,
			agent,
		});
	}

	/** `create` and `start` in one; a container that cannot be started is deleted again. */
	async run(id: string, bundle: string, options: CreateOptions = {}): Promise<OwnedContainer> {
		const container = await this.create(id, bundle, { ...options, keep: false });
		try {
			await container.start(options.signal === undefined ? {} : { signal: options.signal });
		} catch (cause) {
			throw await afterUndo(cause, () => container[Symbol.asyncDispose]());
		}
		if (options.keep === true) container.detach();
		return container;
	}

	/** @throws TsrunError ERR_NOT_FOUND "container does not exist" */
	async get(id: string): Promise<Container> {
		const dir = await this.#engine.store.open(id);
		await dir.readRecord();
		return new Container(this.#engine, dir);
	}

	/**
	 * Removes a container and all that belongs to it, also one whose `create` was killed half-way.
	 *
	 * @param options.force also one that runs, which is killed, and one that is gone already
	 * @throws TsrunError ERR_WRONG_STATUS, ERR_NOT_FOUND
	 */
	async delete(id: string, { force = false }: { force?: boolean } = {}): Promise<void> {
		const { deleteContainer } = await import('../lifecycle/delete.js');
		await deleteContainer(this.#engine, id, force);
	}

	/** Every container under the state root, by id; what cannot be read is in `errors`. */
	async list(): Promise<{ containers: ContainerState[]; errors: readonly Error[] }> {
		const { containers, errors } = await this.#engine.store.list();
		return { containers: await Promise.all(containers.map(({ dir, record }) => describeState(dir, record))), errors };
	}

	/** What this build can do, as the runtime-spec's features document; nothing of it depends on the machine. */
	async features(): Promise<Features> {
		const { features } = await import('./features.js');
		return features();
	}

	/**
	 * What `create` would do, without doing any of it.
	 *
	 * @throws TsrunError ERR_BUNDLE, ERR_CONFIG_*
	 */
	async plan(bundle: string, options: CreateOptions & { readonly id?: string } = {}): Promise<Plan> {
		const [{ loadBundle }, { planCreate }] = await Promise.all([
			import('../spec/load.js'),
			import('../lifecycle/plan-create.js'),
		]);
		const path = absolutePath(workingDirectory(), bundle);
		const loaded = await loadBundle(path, options.configFile);
		const { plan } = await planCreate(this.#engine, options.id ?? 'plan', path, loaded, {
			pivot: options.pivot ?? true,
			newKeyring: options.newKeyring ?? true,
			preserved: [],
			listenDescriptors: 0,
		});
		return plan;
	}
}

async function syscallAgent({ onSyscall }: CreateOptions, engine: Engine): Promise<SyscallAgent | undefined> {
	if (onSyscall === undefined) return undefined;
	const { SyscallAgent } = await import('../seccomp/agent.js');
	return new SyscallAgent(onSyscall, (message) => engine.onWarning({ message, pointer: '/linux/seccomp' }));
}

function definedVariables(env: NodeJS.ProcessEnv): Record<string, string> {
	return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function workingDirectory(): string {
	return process.cwd();
}
