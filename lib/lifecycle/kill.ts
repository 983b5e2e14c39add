import { thawCgroups } from '../cgroup/freezer.js';
import { killCgroups } from '../cgroup/kill.js';
import { TsrunError } from '../errors/index.js';
import { native } from '../native/index.js';
import { errnoOf, systemFailure } from '../os/index.js';
import type { ContainerDir } from '../state/index.js';
import { observe, openInit } from './observe.js';
import { containerProcesses } from './ps.js';
import { allow } from './transitions.js';

const SIGKILL = 9;

export interface KillOptions {
	/** What older engines ask for: that the container has stopped already is then no error. */
	readonly all?: boolean | undefined;
}

/**
 * Sends a signal to the container's process. SIGKILL to a container without a pid namespace of its own goes to every
 * process in its cgroup, since no kernel mechanism ends the others with init.
 *
 * @throws TsrunError ERR_WRONG_STATUS "container not running"; ERR_SIGNAL when the kernel refuses the signal
 */
export async function killContainer(
	dir: ContainerDir,
	signal: number,
	{ all = false }: KillOptions = {},
): Promise<void> {
	const record = await dir.readRecord();
	const status = await observe(dir, record);
	const ownPids = record.namespaces.some(({ type, path }) => type === 'pid' && path === undefined);
	if (signal === SIGKILL && !ownPids) {
		// Those that outlived init are in the cgroup still.
		if (status === 'stopped' && !all && containerProcesses(record).length === 0) allow('kill', status, record.id);
		await killCgroups(record.cgroup.paths);
		return;
	}
	if (status === 'stopped' && all) return;
	allow('kill', status, record.id);
	using init = openInit(record);
	if (init === undefined) return allow('kill', 'stopped', record.id);
	try {
		native().pidfdSendSignal(init.number, signal);
	} catch (cause) {
		if (errnoOf(cause) === 'ESRCH') return allow('kill', 'stopped', record.id);
		throw systemFailure(`cannot send signal ${signal}`, cause, { containerId: record.id }, 'ERR_SIGNAL');
	}
	// A frozen process takes even SIGKILL only when it thaws.
	if (signal === SIGKILL && status === 'paused') thawCgroups(record.cgroup.paths);
}

export function assertSignal(signal: number): void {
	if (Number.isInteger(signal) && signal >= 0 && signal <= 64) return;
	throw new TsrunError('ERR_SIGNAL', `unknown signal "${signal}"`);
}
