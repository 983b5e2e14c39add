import { openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { killCgroups } from '../cgroup/kill.js';
import { findCriu } from '../criu/program.js';
import { encodeWork } from '../criu/request.js';
import type { CriuNotification } from '../criu/session.js';
import { ConfigError, TsrunError } from '../errors/index.js';
import { InitProcess } from '../launch/init-process.js';
import { native, OwnedFd } from '../native/index.js';
import { makeDirectory, readProcessCgroup, readProcessStat, removeTree } from '../os/index.js';
import { compileRestore, type RestorePlan, type RestoreRequest } from '../plan/compile-restore.js';
import type { Spec } from '../spec/index.js';
import type { LoadedSpec } from '../spec/read.js';
import type { ContainerRecord } from '../state/index.js';
import { sharedOptions } from './checkpoint.js';
import type { CriuSettings } from './checkpoint-options.js';
import { type ConfigSource, loadConfig } from './config-source.js';
import type { CreatedContainer } from './create.js';
import { assertPrivileged, assertSuccess, CriuProcess, criuFailure } from './criu-process.js';
import type { Engine } from './engine.js';
import { nullDescriptors, replacedDescriptors } from './external-descriptors.js';
import { restoredMounts } from './external-mounts.js';
import { ImageDirectory } from './image-directory.js';
import { JoinedNamespaces } from './joined-namespaces.js';
import { bringUpLoopback } from './loopback.js';
import { type Making, makeContainer } from './make-container.js';
import { firstRecord } from './new-record.js';
import { planFacts } from './systemd.js';
import { assertTerminalTaken, type TerminalTaker } from './terminal-taker.js';

/** `workPath`, too, is absolute. */
export interface RestoreSettings extends CriuSettings, TerminalTaker {
	/** Absolute. */
	readonly imagePath: string;
	/** Descriptors for 0, 1 and 2: what takes the place of the pipes that were these when the container was saved. */
	readonly stdio: readonly [number, number, number];
	/** Absolute. */
	readonly pidFile?: string | undefined;
	readonly tcpClose?: boolean | undefined;
	readonly lsmProfile?: string | undefined;
	readonly lsmMountContext?: string | undefined;
	readonly newKeyring: boolean;
	readonly onProcess?: ((process: InitProcess) => Promise<void> | void) | undefined;
}

const log = 'restore.log';

/** Of the state directory: where sources stand ready for CRIU, in a mount namespace that ends with it. */
const stagingName = 'criu';

/**
 * Makes a container from what `checkpoint` has saved. Its config, hooks and limits are those of the bundle; from the images
 * come processes and what they had open. A failure at any point undoes what was done.
 *
 * @throws TsrunError ERR_CRIU, ERR_CHECKPOINT, ERR_HOST_UNSUPPORTED and those of {@link createContainer}
 */
export async function restoreContainer(
	engine: Engine,
	id: string,
	source: ConfigSource,
	settings: RestoreSettings,
): Promise<CreatedContainer> {
	const { bundle, loaded } = await loadConfig(engine, id, source);
	const facts = await planFacts(engine);
	assertPrivileged('restore', facts);
	assertRestorable(loaded, settings);
	const criu = findCriu(engine.environment);
	using images = new ImageDirectory(settings.imagePath);
	images.assertCheckpoint();
	const names = images.readDescriptors();
	using work = settings.workPath === undefined ? undefined : ImageDirectory.makeForLogs(settings.workPath);
	(work ?? images).prepareLog(log);
	using namespaces = new JoinedNamespaces(loaded.spec);
	for (const name of nullDescriptors(names)) namespaces.opened.set(name, new OwnedFd(openSync('/dev/null', 'r+')));
	const request: RestoreRequest = {
		id,
		bundle,
		spec: loaded.spec,
		facts,
		options: {
			pivot: true,
			newKeyring: settings.newKeyring,
			preservedDescriptors: 0,
			listenDescriptors: 0,
			cgroupManager: engine.cgroupManager,
			rootless: engine.isRootless(facts),
		},
		criu,
		staging: join(engine.store.root, id, stagingName),
		descriptors: 1 + namespaces.opened.size,
		shellJob: settings.shellJob === true,
	};
	const plan = compile(request, loaded);
	for (const warning of plan.plan.warnings) engine.onWarning(warning);

	const first: ContainerRecord = {
		...firstRecord(engine, request, plan.plan),
		// There is no `start` to word a fault of.
		startSteps: { first: 0, steps: [] },
	};
	const opened = { images, work, names, namespaces };
	// Awaited here: what was opened is closed when this function is left.
	return await makeContainer(engine, { id, bundle, loaded, first, pidFile: settings.pidFile }, (making) => {
		makeDirectory(request.staging, 0o700);
		return perform(engine, request, plan, making, settings, opened);
	});
}

/** What was opened for the restore, and what descriptors 0 to 2 were when the container was saved. */
interface Opened {
	readonly images: ImageDirectory;
	readonly work: ImageDirectory | undefined;
	readonly names: readonly string[];
	readonly namespaces: JoinedNamespaces;
}

async function perform(
	engine: Engine,
	request: RestoreRequest,
	{ plan, hooks, limits, root, mounts }: RestorePlan,
	{ dir, record, undo }: Making,
	settings: RestoreSettings,
	{ images, work, names, namespaces }: Opened,
): Promise<CreatedContainer> {
	const { spec, id, bundle } = request;
	using criu = await CriuProcess.start({
		plan,
		stdio: settings.stdio,
		preserved: [...namespaces.opened.values()].map(({ number }) => number),
		subject: { id, bundle, annotations: spec.annotations },
		environment: engine.environment,
		undo,
		signal: settings.signal,
		announce: (made) => record.announce(made),
		warn: engine.onWarning,
		trace: engine.onStep,
	});
	const { launch } = criu;
	// CRIU may fail, or be stopped, with processes made that are not known to us yet.
	undo.push('kill what was restored', () => killCgroups(record.current.cgroup.paths));
	let init: InitProcess | undefined;
	const initOf = (pid: number): InitProcess => {
		if (init === undefined) {
			init = childOf(pid);
			launch.adopt(init);
			// First of all: init cannot end before its children, nor they while CRIU traces them and waits for something else.
			undo.push('kill criu', () => criu.process.destroy());
		}
		return init;
	};
	const onNotify = async ({ script, pid, descriptor }: CriuNotification): Promise<void> => {
		if (script === 'setup-namespaces') {
			initOf(pid);
			if (hasOwnNetwork(spec)) await bringUpLoopback(launch.context, pid);
			for (const step of hooks) if (step.actor === 'host') await launch.performHost(step);
		} else if (script === 'post-restore') {
			// They are there and stand still.
			const process = initOf(pid);
			for (const step of limits) if (step.actor === 'host') await launch.performHost(step);
			await settings.onProcess?.(process);
			await record.complete(process, launch.made, keptClocks(process.pid, spec));
		} else if (script === 'orphan-pts-master' && descriptor !== undefined) {
			await settings.onConsole?.(new OwnedFd(descriptor.release()), script);
		}
	};
	const { pid } = criu.process;
	using imagesThere = images.seenBy(pid);
	using workThere = work?.seenBy(pid);
	const encoded = encodeWork('restore', {
		...sharedOptions(spec, settings),
		imagesDirectory: imagesThere.number,
		workDirectory: workThere?.number,
		logFile: log,
		root,
		asSibling: true,
		evasiveDevices: true,
		externalMounts: restoredMounts(pid, record.current.rootfs, mounts, spec),
		cgroupRoots: cgroupRoots(pid),
		tcpClose: settings.tcpClose,
		lsmProfile: settings.lsmProfile,
		lsmMountContext: settings.lsmMountContext,
		inherited: new Map([...replacedDescriptors(names), ...namespaces.inherited()]),
		joinedNamespaces: namespaces.others,
	});
	const logs = work ?? images;
	const response = await criu.session.perform(encoded, onNotify).catch((cause: unknown) => {
		if (!(cause instanceof TsrunError) || cause.code !== 'ERR_CRIU') throw cause;
		throw criuFailure('restore', logs, log, cause.message, cause);
	});
	assertSuccess(response, 'restore', logs, log);
	await criu.end();
	if (init === undefined) throw new TsrunError('ERR_CRIU', 'criu has restored a container, and has not said which');
	await removeTree(request.staging);
	return { process: init, dir, started: true };
}

function compile(request: RestoreRequest, { file, placeOf }: LoadedSpec): RestorePlan {
	try {
		return compileRestore(request);
	} catch (error) {
		throw error instanceof ConfigError ? error.placedIn(file, placeOf) : error;
	}
}

/** @throws TsrunError ERR_CONSOLE; ConfigError ERR_CONFIG_UNSUPPORTED */
function assertRestorable({ spec, file, placeOf }: LoadedSpec, settings: RestoreSettings): void {
	assertTerminalTaken(spec.process, settings, '/process/terminal', placeOf);
	const index = (spec.linux?.namespaces ?? []).findIndex(({ type, path }) => type === 'cgroup' && path !== undefined);
	if (index === -1) return;
	const pointer = `/linux/namespaces/${index}/path`;
	const message = 'CRIU cannot restore into a cgroup namespace that is there already';
	throw new ConfigError('ERR_CONFIG_UNSUPPORTED', file, [{ pointer, where: placeOf(pointer), message }]);
}

/** The restored init. CRIU says which; that it is a child of ours, which nobody else can have reaped, we see. */
function childOf(pid: number): InitProcess {
	if (readProcessStat(pid)?.parent !== process.pid) {
		throw new TsrunError('ERR_CRIU', `criu says that it has restored process ${pid}, which is no child of ours`);
	}
	return new InitProcess(pid, native().pidfdOpen(pid));
}

/** Where the cgroups of the restored tree begin: CRIU is in the container's own already. */
function cgroupRoots(pid: number): { controller: string; path: string }[] {
	return (readProcessCgroup(pid) ?? []).flatMap(({ controllers, name, path }) => {
		const keys = name === undefined ? controllers : [`name=${name}`];
		return (keys.length === 0 ? [''] : keys).map((controller) => ({ controller, path }));
	});
}

function hasOwnNetwork({ linux }: Spec): boolean {
	return (linux?.namespaces ?? []).some(({ type, path }) => type === 'network' && path === undefined);
}

/** CRIU keeps the clocks of what it restores by a time namespace, also where the config has none: `exec` has to join it. */
function keptClocks(pid: number, { linux }: Spec): ContainerRecord['namespaces'] {
	if ((linux?.namespaces ?? []).some(({ type }) => type === 'time')) return [];
	const inode = (of: number | 'self') => statSync(`/proc/${of}/ns/time`, { throwIfNoEntry: false })?.ino;
	return inode(pid) === inode('self') ? [] : [{ type: 'time' }];
}
