import { ConfigError, type FailureContext, hintFor, TsrunError } from '../errors/index.js';
import type { LaunchContext, MadeOnHost } from '../launch/context.js';
import type { InitProcess } from '../launch/init-process.js';
import { Launch } from '../launch/launch.js';
import type { OwnedFd } from '../native/index.js';
import { makeDirectory, systemFailure, UndoStack, writeFileAtomic } from '../os/index.js';
import type { Plan } from '../plan/plan.js';
import { type CreateRequest, shapeOf } from '../plan/shape.js';
import type { SyscallAgent } from '../seccomp/agent.js';
import type { LoadedSpec } from '../spec/read.js';
import type { ContainerDir, ContainerRecord } from '../state/index.js';
import { type ConfigSource, loadConfig } from './config-source.js';
import { directStartFailure, startsDirectly } from './direct-start.js';
import type { Engine } from './engine.js';
import { compileFilter } from './filter.js';
import { announcedRecord, completeRecord, firstRecord } from './new-record.js';
import { hasListener, type PlanSettings, planCreate } from './plan-create.js';
import { requireCalls } from './required-calls.js';
import { strayProcessesWarning } from './stray-processes.js';

export interface CreateSettings extends PlanSettings {
	/** Descriptors for 0, 1 and 2 of the container's process; -1 for /dev/null. */
	readonly stdio: readonly [number, number, number];
	/** Where the pid goes once the container exists; absolute. */
	readonly pidFile?: string | undefined;
	readonly signal?: AbortSignal | undefined;
	/** Takes the master of the container's terminal; absent where the caller cannot serve one. */
	readonly onConsole?: ((master: OwnedFd, name: string) => Promise<void> | void) | undefined;
	/** Why there is nobody to take the master, in words for the error. */
	readonly noConsoleReason?: string | undefined;
	/** Answers the calls that the seccomp profile notifies, in place of the agent of `listenerPath`. */
	readonly agent?: SyscallAgent | undefined;
	/** Start it as well, if nothing but init has a part in that. */
	readonly start?: boolean | undefined;
	/** Called with the process before the container is made known. */
	readonly onProcess?: ((process: InitProcess) => Promise<void> | void) | undefined;
}

export interface CreatedContainer {
	readonly dir: ContainerDir;
	readonly record: ContainerRecord;
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
	if (spec.process?.terminal === true && settings.onConsole === undefined) {
		throw new TsrunError('ERR_CONSOLE', settings.noConsoleReason ?? 'process.terminal needs somebody who takes it', {
			pointer: '/process/terminal',
			where: loaded.placeOf('/process/terminal'),
			hint: 'Name the socket of whoever takes the terminal by --console-socket, run it in the foreground, or set process.terminal to false.',
		});
	}
	assertAnswered(loaded, settings.agent);
	const starts = settings.start === true && startsDirectly(engine, spec, settings);
	const { request, plan } = await planCreate(engine, id, bundle, loaded, { ...settings, starts });
	for (const warning of plan.warnings) engine.onWarning(warning);
	requireCalls();

	const undo = new UndoStack();
	let complete = false;
	const dir = await engine.store.reserve(id);
	undo.push(`remove ${dir.path}`, () => dir.remove());
	await using _lock = await lockReserved(dir, undo);
	try {
		await dir.writeConfig(loaded.text);
		if (hasListener(engine, settings)) makeDirectory(dir.notifyDirectory, 0o755);
		settings.agent?.listen(dir.agentSocket);
		undo.push('stop answering system calls', () => settings.agent?.close());
		const created = await launch(engine, request, plan, dir, undo, settings, () => {
			complete = true;
		});
		if (settings.pidFile !== undefined) writeFileAtomic(settings.pidFile, String(created.process.pid), 0o644);
		undo.commit();
		return created;
	} catch (cause) {
		const also = await undo.unwind();
		const failure = complete ? await directStartFailure(cause, shapeOf(request).rootfs) : cause;
		const error = describeFailure(failure, loaded, id, also);
		if (complete || error.code === 'ERR_HOOK_FAILED') {
			const { runPoststopHooks } = await import('./poststop.js');
			await runPoststopHooks(engine, spec, { id, bundle, annotations: spec.annotations });
		}
		throw error;
	}
}

/** The lock of a directory that was made a moment ago. */
export async function lockReserved(dir: ContainerDir, undo: UndoStack): Promise<AsyncDisposable> {
	try {
		return await dir.lock();
	} catch (cause) {
		const also = await undo.unwind();
		throw systemFailure('cannot lock the container', cause, { also });
	}
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
	dir: ContainerDir,
	undo: UndoStack,
	settings: CreateSettings,
	onComplete: () => void,
): Promise<CreatedContainer> {
	const { spec, id, bundle, options } = request;
	let record = firstRecord(engine, request, plan);
	const context: LaunchContext = {
		plan,
		stdio: settings.stdio,
		preserved: settings.preserved,
		startSocket: options.starts ? undefined : dir.startSocket,
		standing: standingOf(request),
		subject: { id, bundle, annotations: spec.annotations },
		environment: engine.environment,
		undo,
		signal: settings.signal,
		// Before there is anything to clean up: if this process is killed, `delete --force` finds what it left.
		announce: async (made: MadeOnHost) => {
			record = announcedRecord(record, made);
			await dir.writeRecord(record);
		},
		record: async (process, made) => {
			await settings.onProcess?.(process);
			record = completeRecord(record, process, made);
			await dir.writeRecord(record);
			onComplete();
		},
		console: (master, name) => settings.onConsole?.(master, name),
		compileFilter: (profile) => compileFilter(engine, profile),
		seccomp: async (listener, process) => {
			const { handOverListener } = await import('./listener.js');
			const state = { ...record, status: record.creating === true ? 'creating' : 'created', pid: process.pid };
			await handOverListener(listener, { dir, profile: spec.linux?.seccomp, state, pid: process.pid });
		},
		warn: engine.onWarning,
		trace: engine.onStep,
		phase: engine.phase,
	};
	using _perform = engine.phase?.('perform the plan');
	using performance = new Launch(context);
	const process = await performance.perform();
	const stray = strayProcessesWarning(record);
	if (stray !== undefined) engine.onWarning(stray);
	return { record, process, dir, started: options.starts === true };
}

export function standingOf(request: CreateRequest): FailureContext {
	const { facts } = request;
	const { inUserNamespace } = shapeOf(request);
	return {
		rootless: facts.euid !== 0 || facts.inUserNamespace,
		userNamespace: inUserNamespace || facts.inUserNamespace,
	};
}

/** Any failure as the one error that is thrown, with the place in config.json and what went wrong on the way back. */
export function describeFailure(cause: unknown, loaded: LoadedSpec, id: string, also: readonly Error[]): TsrunError {
	const error =
		cause instanceof TsrunError
			? cause
			: new TsrunError('ERR_SYSTEM', cause instanceof Error ? cause.message : String(cause), { cause });
	const where = error.pointer === undefined ? undefined : loaded.placeOf(error.pointer);
	const { errno, syscall } = error;
	const hint = errno === undefined ? undefined : hintFor({ errno, syscall });
	return error.with({ containerId: id, where, also, hint });
}
