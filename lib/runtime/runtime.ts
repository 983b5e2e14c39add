import { afterUndo, TsrunError } from '../errors/index.js';
import { defaultStateRoot, gatherIdentity, steadyFacts } from '../host/index.js';
import type { ConfigSource } from '../lifecycle/config-source.js';
import { Engine } from '../lifecycle/engine.js';
import { blocksBriefly } from '../native/index.js';
import { systemFailure } from '../os/index.js';
import { phaseTimer } from '../os/phase.js';
import { absolutePath } from '../paths.js';
import type { Plan } from '../plan/plan.js';
import type { PlanMemory } from '../plan/plan-memory.js';
import type { SyscallAgent } from '../seccomp/agent.js';
import type { SyscallHandler } from '../seccomp/listener.js';
import type { SpecInput } from '../spec/index.js';
import { type OciState as ContainerState, StateStore } from '../state/index.js';
import type { Captured, RunCaptureOptions } from './capture.js';
import { connected } from './connected.js';
import { Container, describeState } from './container.js';
import type { Features } from './features.js';
import type { CreateOptions, DeleteOptions, PlanOptions, RunOptions, RuntimeOptions } from './options.js';
import { OwnedContainer } from './owned-container.js';
import { preservedDescriptors } from './preserved.js';
import type { RestoreOptions } from './restore-options.js';
import { becomeSubreaper } from './subreaper.js';

// Kept: import() takes Node a tenth of a millisecond for a module that it has already.
let creating: typeof import('../lifecycle/create.js') | undefined;

/** Makes containers and finds those that exist. Nothing is done or read before the first call of a method. */
export class Runtime {
	readonly #engine: Engine;
	#memory: PlanMemory | undefined;

	/**
	 * Looks at nothing yet.
	 *
	 * @param options how it works; every member has a default
	 */
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
			facts: steadyFacts(),
			environment,
			inheritedDescriptors: options.inheritedDescriptors,
			cgroupManager: options.cgroupManager ?? 'cgroupfs',
			rootless: options.rootless ?? 'auto',
			onWarning: options.onWarning ?? (() => {}),
			onStep: options.onStep,
			phase: options.onPhase === undefined ? undefined : phaseTimer(options.onPhase),
		});
	}

	/**
	 * Makes a container: everything but its program is in place, and the program waits for `start`.
	 * The container belongs to the caller, who disposes of it (`await using`) or detaches it.
	 *
	 * @param id letters, digits and `_+.-`, at most 255
	 * @param container a bundle, which is a directory with config.json and, as a rule, the root file system; or a config as an
	 *   object, as `defineSpec` makes it
	 * @throws TsrunError ERR_BUNDLE, ERR_CONFIG_*, ERR_ID_*, ERR_STEP_FAILED, ERR_EXECUTABLE, ERR_HOOK_FAILED and others;
	 *   nothing is left behind then
	 */
	async create(id: string, container: string | SpecInput, options: CreateOptions = {}): Promise<OwnedContainer> {
		const { made } = await this.#make(id, container, options, false);
		return made;
	}

	/** @param start it, if that takes no more than the making of it */
	async #make(
		id: string,
		container: string | SpecInput,
		options: RunOptions,
		start: boolean,
	): Promise<{ made: OwnedContainer; started: boolean }> {
		creating ??= await import('../lifecycle/create.js');
		const { createContainer } = creating;
		const engine = this.#engine;
		const memory = await this.#planMemory();
		const preserved = preservedDescriptors(options.preserveFds ?? 0, options.listenFds === true, engine);
		const { onSyscall } = options;
		const agent = onSyscall === undefined ? undefined : await syscallAgent(onSyscall, engine);
		const { made, streams, console } = await connected(options, 'standard', (ends) => {
			if (options.subreaper === true) becomeSubreaper();
			return createContainer(engine, id, configSource(container, options), {
				...ends,
				preserved: preserved.numbers,
				listenDescriptors: preserved.listening,
				listenNames: preserved.names,
				notify: options.notify,
				pivot: options.pivot ?? true,
				newKeyring: options.newKeyring ?? true,
				pidFile: options.pidFile,
				signal: options.signal,
				agent,
				memory,
				start,
				onStarting: options.onStarting,
			});
		});
		const { process, dir, started } = made;
		const ownership = { process, streams, console, agent };
		return { made: new OwnedContainer(engine, dir, ownership, options), started };
	}

	/** None where there will hardly be a second container: then it would be a waste to remember the plan of the first. */
	async #planMemory(): Promise<PlanMemory | undefined> {
		if (this.#memory !== undefined || blocksBriefly()) return this.#memory;
		const { PlanMemory } = await import('../plan/plan-memory.js');
		this.#memory ??= new PlanMemory();
		return this.#memory;
	}

	/**
	 * `create` and `start` in one; a container that cannot be started is deleted again.
	 *
	 * @throws TsrunError as {@link Runtime.create}
	 */
	async run(id: string, container: string | SpecInput, options: RunOptions = {}): Promise<OwnedContainer> {
		const { made, started } = await this.#make(id, container, { ...options, keep: false }, true);
		try {
			if (!started) {
				options.onStarting?.();
				const notify = options.detach === true ? 'hand-over' : 'accompany';
				await made.start({ signal: options.signal, notify: options.notify === true ? notify : undefined });
			}
		} catch (cause) {
			throw await afterUndo(cause, () => made[Symbol.asyncDispose]());
		}
		if (options.keep === true) made.detach();
		return made;
	}

	/**
	 * Runs a container to its end, and gives what it printed; nothing of it is left then, whatever happens. One that does not
	 * end in time is killed.
	 *
	 * @throws TsrunError as {@link Runtime.create}; that the program has failed is no error
	 */
	async capture(id: string, container: string | SpecInput, options: RunCaptureOptions = {}): Promise<Captured> {
		const { capture, captureStdio } = await import('./capture.js');
		const running = await this.run(id, container, { ...options, keep: false, stdio: captureStdio(options) });
		const end = () => running[Symbol.asyncDispose]();
		const captured = await capture(running, options, end).catch(async (cause) => {
			throw await afterUndo(cause, end);
		});
		await end();
		return captured;
	}

	/**
	 * Makes a container from what {@link Container.checkpoint} has saved; its processes go on where they were. Config, hooks and
	 * limits are those given here. It belongs to the caller, as with `create`, and runs already.
	 * It takes CRIU, and root. Images make processes with any privilege: restore none from somebody you do not trust.
	 *
	 * @param container as of `create`
	 * @param imagePath the directory of the images
	 * @throws TsrunError ERR_CRIU, ERR_CHECKPOINT, ERR_HOST_UNSUPPORTED, and as {@link Runtime.create}
	 */
	async restore(
		id: string,
		container: string | SpecInput,
		imagePath: string,
		options: RestoreOptions = {},
	): Promise<OwnedContainer> {
		const { restoredContainer } = await import('./restored-container.js');
		return restoredContainer(this.#engine, id, configSource(container, options), imagePath, options);
	}

	/**
	 * A container that exists, whoever made it.
	 *
	 * @throws TsrunError ERR_NOT_FOUND "container does not exist"
	 */
	async get(id: string): Promise<Container> {
		const dir = await this.#engine.store.open(id);
		await dir.readRecord();
		return new Container(this.#engine, dir);
	}

	/**
	 * Removes a container and all that belongs to it, also one whose `create` was killed half-way.
	 *
	 * @throws TsrunError ERR_WRONG_STATUS, ERR_NOT_FOUND
	 */
	async delete(id: string, { force = false }: DeleteOptions = {}): Promise<void> {
		const { deleteContainer } = await import('../lifecycle/delete.js');
		await deleteContainer(this.#engine, id, force);
	}

	/**
	 * Every container under the state root, by id; what cannot be read is in `errors`.
	 *
	 * @throws TsrunError ERR_STATE_ROOT
	 */
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
	async plan(container: string | SpecInput, options: PlanOptions = {}): Promise<Plan> {
		const [{ loadConfig }, { planCreate }] = await Promise.all([
			import('../lifecycle/config-source.js'),
			import('../lifecycle/plan-create.js'),
		]);
		const id = options.id ?? 'plan';
		const { bundle, loaded } = await loadConfig(this.#engine, id, configSource(container, options));
		const { plan } = await planCreate(this.#engine, id, bundle, loaded, {
			pivot: options.pivot ?? true,
			newKeyring: options.newKeyring ?? true,
			preserved: [],
			listenDescriptors: 0,
		});
		return plan;
	}
}

async function syscallAgent(onSyscall: SyscallHandler, engine: Engine): Promise<SyscallAgent> {
	const { SyscallAgent } = await import('../seccomp/agent.js');
	return new SyscallAgent(onSyscall, (message) => engine.onWarning({ message, pointer: '/linux/seccomp' }));
}

/** @throws TsrunError ERR_ARGUMENT when there are two configs */
function configSource(container: string | SpecInput, { configFile }: CreateOptions): ConfigSource {
	if (typeof container === 'string') return { bundle: absolutePath(workingDirectory(), container), configFile };
	if (configFile === undefined) return { spec: container };
	throw new TsrunError('ERR_ARGUMENT', 'configFile goes with a bundle, and the config is an object here');
}

function definedVariables(env: NodeJS.ProcessEnv): Record<string, string> {
	return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function workingDirectory(): string {
	try {
		return process.cwd();
	} catch (cause) {
		throw systemFailure('cannot tell the current directory', cause);
	}
}
