import { assertNotFrozenAbove } from '../cgroup/freezer.js';
import type { TsrunError } from '../errors/index.js';
import type { InitProcess } from '../launch/init-process.js';
import { Launch } from '../launch/launch.js';
import { statSync } from '../native/files.js';
import { systemFailure, UndoStack, writeFileAtomic } from '../os/index.js';
import { compileExec, type ExecRequest } from '../plan/compile-exec.js';
import type { ProcessPointer } from '../plan/stages/process.js';
import { type NamespaceType, namespaceTypes } from '../plan/tables/namespaces.js';
import type { Process, Spec } from '../spec/index.js';
import { storedSpec } from '../spec/stored.js';
import { type ContainerDir, type ContainerRecord, currentStatus } from '../state/index.js';
import type { Engine } from './engine.js';
import { execCgroups } from './exec-cgroup.js';
import { compileFilter } from './filter.js';
import { assertTerminalTaken, type TerminalTaker } from './terminal-taker.js';
import { allow } from './transitions.js';

export interface ExecSettings extends TerminalTaker {
	readonly stdio: readonly [number, number, number];
	readonly preserved: readonly number[];
	readonly pidFile?: string | undefined;
	/** Run it although the container is paused: it starts frozen. */
	readonly ignorePaused: boolean;
	/** `[controller,...:]path` below the container's cgroup. */
	readonly cgroup: readonly string[];
	readonly signal?: AbortSignal | undefined;
	readonly onProcess?: ((process: InitProcess) => Promise<void> | void) | undefined;
}

/** The process object to run, made from the container's own one. */
export type ProcessOf = (spec: Spec) => { readonly process: Process; readonly at: ProcessPointer };

/**
 * Runs another process in a container, and returns once its program runs.
 *
 * @throws TsrunError ERR_WRONG_STATUS, ERR_EXECUTABLE, ERR_STEP_FAILED, ERR_CGROUP, ERR_CONSOLE, ERR_ABORTED
 */
export async function execInContainer(
	engine: Engine,
	dir: ContainerDir,
	processOf: ProcessOf,
	settings: ExecSettings,
): Promise<InitProcess> {
	using _exec = engine.phase?.('exec');
	const record = await dir.readRecord();
	const status = currentStatus(dir, record);
	if (status !== 'paused' || !settings.ignorePaused) allow('exec', status, record.id);
	if (status !== 'paused') assertNotFrozenAbove(record.cgroup.paths);
	const spec = await storedSpec(await dir.configText());
	const { process, at } = processOf(spec);
	assertTerminalTaken(process, settings, `${at}/terminal`);
	const planning = engine.phase?.('plan');
	const facts = engine.facts();
	const namespaces = foreignNamespaces(record);
	const plan = compileExec({
		id: record.id,
		pid: record.pid,
		startTime: record.startTime,
		process,
		at,
		rootfs: record.rootfs,
		spec,
		namespaces,
		cgroups: execCgroups(record, settings.cgroup, facts.cgroup.unified),
		...(await unitOfRecord(engine, record)),
		...(record.resctrl === undefined ? {} : { resctrl: record.resctrl }),
		newKeyring: record.newKeyring,
		preservedDescriptors: settings.preserved.length,
		facts,
	});
	planning?.[Symbol.dispose]();
	for (const warning of plan.warnings) engine.onWarning(warning);
	using _perform = engine.phase?.('perform the plan');
	const undo = new UndoStack();
	try {
		using launch = new Launch({
			plan,
			stdio: settings.stdio,
			preserved: settings.preserved,
			standing: {
				rootless: facts.euid !== 0 || facts.inUserNamespace,
				userNamespace: namespaces.includes('user') || facts.inUserNamespace,
			},
			subject: record,
			environment: engine.environment,
			undo,
			signal: settings.signal,
			announce: () => {},
			record: () => {},
			console: (master, name) => settings.onConsole?.(master, name),
			compileFilter: (profile) => compileFilter(engine, profile),
			seccomp: async (listener, { pid }) => {
				const { handOverListener } = await import('./listener.js');
				const state = { ...record, status: 'running' };
				await handOverListener(listener, { dir, profile: spec.linux?.seccomp, state, pid });
			},
			warn: engine.onWarning,
			trace: engine.onStep,
			phase: engine.phase,
		});
		const started = await launch.perform();
		await settings.onProcess?.(started);
		// conmon takes the existence of this file for success, so it comes after execve(2) has succeeded.
		if (settings.pidFile !== undefined) writeFileAtomic(settings.pidFile, String(started.pid), 0o644);
		undo.commit();
		return started;
	} catch (cause) {
		const also = await undo.unwind();
		const error = systemFailure('cannot execute the process', cause);
		throw (await explained(error, record)).with({ containerId: record.id, also });
	}
}

// As the container sees it: mounts of its own may have brought the program.
async function explained(error: TsrunError, { pid }: ContainerRecord): Promise<TsrunError> {
	if (error.code !== 'ERR_EXECUTABLE') return error;
	const { withProgramProblem } = await import('../launch/program-problem.js');
	return withProgramProblem(error, `/proc/${pid}/root`);
}

async function unitOfRecord(engine: Engine, { cgroup }: ContainerRecord): Promise<Pick<ExecRequest, 'unit'>> {
	const { unit, paths } = cgroup;
	const directory = paths.v1?.['name=systemd'] ?? paths.v2;
	if (unit === undefined || directory === undefined) return {};
	const { managerKind } = await import('../cgroup/systemd/bus.js');
	return { unit: { name: unit, manager: managerKind(engine.facts(), engine.environment), directory } };
}

// setns(2) refuses to enter the user namespace that one is in already, and a namespace that the container shares with
// the runtime need not be entered.
function foreignNamespaces(record: ContainerRecord): NamespaceType[] {
	return record.namespaces
		.map(({ type }) => type as NamespaceType)
		.filter((type) => {
			const { file } = namespaceTypes[type];
			return namespaceOf(record.pid, file) !== namespaceOf('self', file);
		});
}

function namespaceOf(pid: number | 'self', file: string): number {
	const path = `/proc/${pid}/ns/${file}`;
	try {
		return statSync(path).ino;
	} catch (cause) {
		throw systemFailure(`cannot find out about the namespace ${path}`, cause, { path });
	}
}
