import { type ProcessStat, readProcessStat } from '../os/index.js';
import type { ContainerDir } from './container-dir.js';
import { isFrozen } from './frozen.js';
import type { ContainerRecord } from './record.js';

/** `paused` is beyond the runtime-spec; every engine knows it from runc. */
export type ContainerStatus = 'creating' | 'created' | 'running' | 'paused' | 'stopped';

/** What is seen of a container at one moment. */
export interface Observation {
	/** The process that has init's pid now; undefined where none has. */
	readonly process: Pick<ProcessStat, 'state' | 'startTime'> | undefined;
	readonly hasStartSocket: boolean;
	readonly frozen: boolean;
}

/** The status that follows from a record and from what is seen. */
export function statusOf(
	record: Pick<ContainerRecord, 'pid' | 'startTime' | 'creating'>,
	{ process, hasStartSocket, frozen }: Observation,
): ContainerStatus {
	if (!isInit(record, process)) return 'stopped';
	if (record.creating) return 'creating';
	// A created container may be paused as well, and then `start` must not go on.
	if (frozen) return 'paused';
	return hasStartSocket ? 'created' : 'running';
}

/** Whether the process with init's pid is init, and not a corpse or a later process with the same pid. */
export function isInit(
	{ pid, startTime }: Pick<ContainerRecord, 'pid' | 'startTime'>,
	process: Observation['process'],
): boolean {
	return (
		pid !== 0 &&
		process !== undefined &&
		process.startTime === startTime &&
		// Z: ended, not yet reaped by its parent; X: being reaped.
		process.state !== 'Z' &&
		process.state !== 'X'
	);
}

/** {@link statusOf}, looked up. The order matters: init may end at any time, and a socket without init says nothing. */
export function currentStatus(dir: ContainerDir, record: ContainerRecord): ContainerStatus {
	const process = record.pid === 0 ? undefined : readProcessStat(record.pid);
	if (!isInit(record, process)) return 'stopped';
	return statusOf(record, {
		process,
		hasStartSocket: dir.hasStartSocket(),
		frozen: isFrozen(record.cgroup.paths),
	});
}
