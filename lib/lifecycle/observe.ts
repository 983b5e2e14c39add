import { closeSync } from '../native/files.js';
import { native, OwnedFd } from '../native/index.js';
import { errnoOf, readProcessStat, systemFailure } from '../os/index.js';
import {
	type ContainerDir,
	type ContainerRecord,
	type ContainerStatus,
	currentStatus,
	isInit,
} from '../state/index.js';

/** The status of a container now; `creating` only while somebody really is at it. */
export async function observe(dir: ContainerDir, record: ContainerRecord): Promise<ContainerStatus> {
	const status = currentStatus(dir, record);
	if (status !== 'stopped' || record.creating !== true) return status;
	// `create` holds the lock to its end: a record that is not complete while nobody does was left by a killed one.
	try {
		await using _lock = await dir.lock({ timeoutMs: 0 });
		return 'stopped';
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ERR_TIMEOUT') return 'creating';
		throw error;
	}
}

/** A descriptor of the container's init; undefined when it is gone. No other process can be taken for it. */
export function openInit(record: ContainerRecord): OwnedFd | undefined {
	if (record.pid === 0) return undefined;
	let pidfd: number;
	try {
		pidfd = native().pidfdOpen(record.pid);
	} catch (error) {
		if (errnoOf(error) === 'ESRCH') return undefined;
		throw systemFailure(`cannot hold process ${record.pid}`, error, { containerId: record.id });
	}
	// Only with the descriptor held does the start time say something about the process that it holds.
	if (isInit(record, readProcessStat(record.pid))) return new OwnedFd(pidfd);
	closeSync(pidfd);
	return undefined;
}
