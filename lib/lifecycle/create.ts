import { ConfigError, type FailureContext } from '../errors/index.js';
import type { LaunchContext } from '../launch/context.js';
import type { InitProcess } from '../launch/init-process.js';
import { Launch } from '../launch/launch.js';
import { namespacesAhead } from '../launch/namespaces-ahead.js';
import { makeDirectory } from '../os/index.js';
import type { Plan } from '../plan/plan.js';
import { type CreateRequest, rootfsOf } from '../plan/shape.js';
import type { SyscallAgent } from '../seccomp/agent.js';
import type { LoadedSpec } from '../spec/read.js';
import type { ContainerDir } from '../state/index.js';
import { type ConfigSource, loadConfig } from './config-source.js';
import { directStartFailure, startsDirectly } from './direct-start.js';
import type { Engine } from './engine.js';
import { compileFilter } from './filter.js';
import { type Making, makeContainer } from './make-container.js';
import { firstRecord } from './new-record.js';
import { hasListener, type PlanSettings, planCreate } from './plan-create.js';
import { requireCalls } from './required-calls.js';
import { strayProcessesWarning } from './stray-processes.js';
import { assertTerminalTaken, type TerminalTaker } from './terminal-taker.js';

export interface CreateSettings extends PlanSettings, TerminalTaker {
	/** Descriptors for 0, 1 and 2 of the container's process; -1 for /dev/null. */
	readonly stdio: readonly [number, number, number];
	/** Where the pid goes once the container exists; absolute. */
	readonly pidFile?: string | undefined;
	readonly signal?: AbortSignal | undefined;
	/** Answers the calls that the seccomp profile notifies, in place of the agent of `listenerPath`. */
	readonly agent?: SyscallAgent | undefined;
	/** Start it as well, if nothing but init has a part in that. */
	readonly start?: boolean | undefined;
	/** Called before it is started here. */
	readonly onStarting?: (() => void) | undefined;
	/** Called with the process before the container is made known. */
	readonly onProcess?: ((process: InitProcess) => Promise<void> | void) | undefined;
}

export interface CreatedContainer {
	readonly dir: ContainerDir;
	readonly process: InitProcess;
	/** Its program runs already. */
	readonly started: boolean;
}

/**
 * Makes a container: everything its config asks for but the user's program, which waits for `start`
 * (runtime.md, "Lifecycle", steps 1 to 5). A failure at any point undoes what was done.
 *
 * @param source of the config; the path of a bundle is absolute
 * @throws TsrunError ERR_BUNDLE, ERR_CONFIG_*, ERR_ID_*, ERR_STATE_ROOT, ERR_STEP_FAILED, ERR_EXECUTABLE,
 *   ERR_HOOK_FAILED, ERR_CGROUP, ERR_CONSOLE, ERR_ABORTED,
 *   ERR_KERNEL_TOO_OLD
 */
export async function createContainer(
	engine: Engine,
	id: string,
	source: ConfigSource,
	settings: CreateSettings,
): Promise<CreatedContainer> {
	using _create = engine.phase?.('create');
	const { bundle, loaded } = await loadConfig(engine, id, source);
	const { spec } = loaded;
	assertTerminalTaken(spec.process, settings, '/process/terminal', loaded.placeOf);
	assertAnswered(loaded, settings.agent);
	const starts = settings.start === true && startsDirectly(engine, spec, settings);
	using ahead = namespacesAhead(spec);
	const { request, plan } = await planCreate(engine, id, bundle, loaded, { ...settings, starts });
	for (const warning of plan.warnings) engine.onWarning(warning);
	requireCalls();

	const first = firstRecord(engine, request, plan);
	// Awaited here: the phase ends when this function is left.
	return await makeContainer(engine, { id, bundle, loaded, first, pidFile: settings.pidFile }, async (making) => {
		const { dir, record, undo } = making;
		if (hasListener(engine, settings)) makeDirectory(dir.notifyDirectory, 0o755);
		settings.agent?.listen(dir.agentSocket);
		undo.push('stop answering system calls', () => settings.agent?.close());
		try {
			return await launch(engine, request, plan, making, { ...settings, ahead });
		} catch (cause) {
			throw record.isComplete ? await directStartFailure(cause, rootfsOf(request)) : cause;
		}
	});
}

/** @throws ConfigError ERR_CONFIG_INVALID when the profile notifies and nobody would answer */
function assertAnswered({ spec, file, placeOf }: LoadedSpec, agent: SyscallAgent | undefined): void {
	const { listenerPath, syscalls = [] } = spec.linux?.seccomp ?? {};
	const index = syscalls.findIndex(({ action }) => action === 'SCMP_ACT_NOTIFY');
	if (index === -1 || listenerPath !== undefined || agent !== undefined) return;
	const pointer = `/linux/seccomp/syscalls/${index}/action`;
	const message = 'needs a listenerPath that answers, or a caller of the library that does (onSyscall)';
	throw new ConfigError('ERR_CONFIG_INVALID', file, [{ pointer, where: placeOf(pointer), message }]);
}

async function launch(
	engine: Engine,
	request: CreateRequest,
	plan: Plan,
	{ dir, record, undo }: Making,
	settings: CreateSettings & Pick<LaunchContext, 'ahead'>,
): Promise<CreatedContainer> {
	const { spec, id, bundle, options } = request;
	const context: LaunchContext = {
		plan,
		ahead: settings.ahead,
		stdio: settings.stdio,
		preserved: settings.preserved,
		startSocket: options.starts ? undefined : dir.startSocket,
		standing: standingOf(request),
		subject: { id, bundle, annotations: spec.annotations },
		environment: engine.environment,
		undo,
		signal: settings.signal,
		announce: (made) => record.announce(made),
		prepareRecord: (process, made) => record.prepare(process, made),
		record: async (process, made) => {
			await settings.onProcess?.(process);
			await record.complete(process, made);
			if (options.starts) settings.onStarting?.();
		},
		console: (master, name) => settings.onConsole?.(master, name),
		compileFilter: (profile) => compileFilter(engine, profile),
		seccomp: async (listener, process) => {
			const { handOverListener } = await import('./listener.js');
			const state = { ...record.current, status: record.isComplete ? 'created' : 'creating', pid: process.pid };
			await handOverListener(listener, { dir, profile: spec.linux?.seccomp, state, pid: process.pid });
		},
		warn: engine.onWarning,
		trace: engine.onStep,
		phase: engine.phase,
	};
	using _perform = engine.phase?.('perform the plan');
	using performance = new Launch(context);
	const process = await performance.perform();
	const stray = strayProcessesWarning(record.current);
	if (stray !== undefined) engine.onWarning(stray);
	return { process, dir, started: options.starts === true };
}

function standingOf({ facts, spec }: CreateRequest): FailureContext {
	const { namespaces = [] } = spec.linux ?? {};
	return {
		rootless: facts.euid !== 0 || facts.inUserNamespace,
		userNamespace: facts.inUserNamespace || namespaces.some(({ type }) => type === 'user'),
	};
}
