import { closeSync, writeSync } from 'node:fs';
import { findCriu } from '../criu/program.js';
import { type CriuOptions, encodeWork } from '../criu/request.js';
import type { CriuNotification } from '../criu/session.js';
import { ConfigError, TsrunError } from '../errors/index.js';
import { readProcessCgroup, systemFailure, UndoStack } from '../os/index.js';
import { criuConfig } from '../plan/annotations.js';
import { compileCheckpoint } from '../plan/compile-checkpoint.js';
import { namespaceTypes } from '../plan/tables/namespaces.js';
import type { Spec } from '../spec/index.js';
import { storedSpec } from '../spec/stored.js';
import { type ContainerDir, type ContainerRecord, currentStatus } from '../state/index.js';
import type { CheckpointOptions, CriuSettings } from './checkpoint-options.js';
import { assertPrivileged, assertSuccess, CriuProcess, criuFailure } from './criu-process.js';
import { destroyContainer } from './destroy.js';
import type { Engine } from './engine.js';
import { savedDescriptors } from './external-descriptors.js';
import { savedMounts } from './external-mounts.js';
import { ImageDirectory } from './image-directory.js';
import { externalNamespaces } from './joined-namespaces.js';
import { openInit } from './observe.js';
import { allow } from './transitions.js';

/** `workPath`, too, is absolute. */
export interface CheckpointSettings extends CheckpointOptions {
	/** Absolute. */
	readonly imagePath: string;
}

const log = 'dump.log';

/**
 * Saves the processes of a container. It is gone afterwards, as after `delete`, unless it is left running or only its memory
 * was saved in advance; a failure leaves it running.
 *
 * @throws TsrunError ERR_WRONG_STATUS, ERR_HOST_UNSUPPORTED, ERR_CRIU, ERR_CHECKPOINT, ERR_ARGUMENT, ERR_ABORTED
 */
export async function checkpointContainer(
	engine: Engine,
	dir: ContainerDir,
	settings: CheckpointSettings,
): Promise<void> {
	await using _lock = await dir.lock(settings.signal === undefined ? {} : { signal: settings.signal });
	const record = await dir.readRecord();
	allow('checkpoint', currentStatus(dir, record), record.id);
	assertPrivileged('checkpoint', engine.facts());
	const spec = await storedSpec(await dir.configText());
	assertSaveable(spec);
	const program = findCriu(engine.environment);
	using init = openInit(record);
	if (init === undefined) return allow('checkpoint', 'stopped', record.id);

	using images = ImageDirectory.make(settings.imagePath);
	using work = settings.workPath === undefined ? undefined : ImageDirectory.makeForLogs(settings.workPath);
	if (settings.parentPath !== undefined) images.assertParent(settings.parentPath);
	const logs = work ?? images;
	logs.prepareLog(log);

	const undo = new UndoStack();
	try {
		using criu = await CriuProcess.start({
			plan: compileCheckpoint({ id: record.id, criu: program }),
			stdio: [-1, -1, -1],
			preserved: [],
			subject: record,
			environment: engine.environment,
			undo,
			signal: settings.signal,
			announce: () => {},
			warn: engine.onWarning,
			trace: engine.onStep,
		});
		if (settings.preDump === true) await criu.assertFeature('memoryTracking', '--pre-dump');
		if (settings.lazyPages === true) await criu.assertFeature('lazyPages', '--lazy-pages');
		const options = await dumpOptions(record, spec, settings, images, work);
		const response = await criu.session
			.perform(encodeWork(settings.preDump === true ? 'preDump' : 'dump', options), (notification) =>
				tellReady(notification, settings.statusFd),
			)
			.catch((cause: unknown) => {
				if (!(cause instanceof TsrunError) || cause.code !== 'ERR_CRIU') throw cause;
				throw criuFailure('save', logs, log, cause.message, cause);
			});
		assertSuccess(response, 'save', logs, log);
		await criu.end();
		undo.commit();
	} catch (cause) {
		const also = await undo.unwind();
		throw systemFailure('cannot save the container', cause, { containerId: record.id, also });
	}
	if (settings.leaveRunning !== true && settings.preDump !== true) await destroyContainer(engine, dir, record);
}

async function dumpOptions(
	record: ContainerRecord,
	spec: Spec,
	settings: CheckpointSettings,
	images: ImageDirectory,
	work: ImageDirectory | undefined,
): Promise<CriuOptions> {
	const { v1, v2 } = record.cgroup.paths;
	const whole = settings.preDump !== true;
	const hierarchies = enteredHierarchies(record.pid);
	const descriptors = whole ? await savedDescriptors(record.pid) : { names: [], external: [] };
	if (whole) images.writeDescriptors(descriptors.names);
	return {
		...sharedOptions(spec, settings),
		imagesDirectory: images.fd.number,
		workDirectory: work?.fd.number,
		logFile: log,
		pid: record.pid,
		root: record.rootfs,
		leaveRunning: settings.leaveRunning,
		tcpSkipInFlight: settings.tcpSkipInFlight,
		linkRemap: settings.linkRemap,
		parentImages: settings.parentPath,
		trackMemory: settings.preDump === true || settings.parentPath !== undefined,
		pageServer: settings.pageServer,
		freezeCgroup: v1?.['freezer'] ?? v2,
		cgroupHierarchies: hierarchies,
		// No name at all would mean all of them.
		...(hierarchies.length === 0 ? { cgroupMode: 'ignore' as const } : {}),
		externalMounts: whole ? savedMounts(record.pid, spec) : undefined,
		external: [...externalNamespaces(record), ...descriptors.external],
	};
}

/** What CRIU is told alike when it saves and when it restores. */
export function sharedOptions(
	annotated: Pick<Spec, 'annotations'>,
	settings: CriuSettings,
): Omit<CriuOptions, 'logFile' | 'imagesDirectory'> {
	return {
		tcpEstablished: settings.tcpEstablished,
		externalUnixSockets: settings.extUnixSk,
		shellJob: settings.shellJob,
		fileLocks: settings.fileLocks,
		autoDedup: settings.autoDedup,
		lazyPages: settings.lazyPages,
		cgroupMode: settings.manageCgroupsMode ?? 'soft',
		networkLock: settings.networkLock,
		// Its devices are not ours to make: the hooks of the config, or whoever made the namespace, bring them.
		emptyNamespaces: Number(namespaceTypes.network.flag),
		configFile: criuConfig(annotated),
	};
}

/**
 * Where the container has a cgroup of its own. In other hierarchies it is where we are, and CRIU would save that cgroup, with
 * those of everybody else below it, and fail when one of them goes meanwhile.
 */
function enteredHierarchies(pid: number): string[] {
	const named = (of: number | 'self') =>
		(readProcessCgroup(of) ?? []).map(({ controllers, name, path }) => {
			const names = name === undefined ? controllers : [...controllers, `name=${name}`];
			return { names: names.join(','), path };
		});
	const ours = new Map(named('self').map(({ names, path }) => [names, path]));
	return named(pid)
		.filter(({ names, path }) => ours.get(names) !== path)
		.map(({ names }) => names);
}

/** @throws ConfigError ERR_CONFIG_UNSUPPORTED for what would not be whole after a restore */
function assertSaveable({ linux }: Spec): void {
	const index = (linux?.seccomp?.syscalls ?? []).findIndex(({ action }) => action === 'SCMP_ACT_NOTIFY');
	if (index === -1) return;
	const message = 'a container with notified system calls cannot be saved: nobody would answer after a restore';
	throw new ConfigError('ERR_CONFIG_UNSUPPORTED', 'config.json', [
		{ pointer: `/linux/seccomp/syscalls/${index}/action`, message },
	]);
}

function tellReady({ script }: CriuNotification, statusFd: number | undefined): void {
	if (script !== 'status-ready' || statusFd === undefined) return;
	try {
		writeSync(statusFd, Buffer.alloc(1));
		closeSync(statusFd);
	} catch (cause) {
		throw systemFailure(`cannot write to the descriptor ${statusFd} of --status-fd`, cause);
	}
}
