import { freezeCgroups, thawCgroups } from '../cgroup/freezer.js';
import { type ContainerDir, currentStatus } from '../state/index.js';
import { allow } from './transitions.js';

/**
 * Stops every process of a container.
 *
 * @throws TsrunError ERR_WRONG_STATUS, ERR_CGROUP without a freezer, ERR_TIMEOUT
 */
export async function pauseContainer(dir: ContainerDir): Promise<void> {
	await using _lock = await dir.lock();
	const record = await dir.readRecord();
	allow('pause', currentStatus(dir, record), record.id);
	await freezeCgroups(record.cgroup.paths);
}

/** Lets the processes of a paused container run again. */
export async function resumeContainer(dir: ContainerDir): Promise<void> {
	await using _lock = await dir.lock();
	const record = await dir.readRecord();
	allow('resume', currentStatus(dir, record), record.id);
	thawCgroups(record.cgroup.paths);
}
