import { removeCgroup, removeEmptyCgroup, removeUnusedCgroup } from '../cgroup/directory.js';
import { directoriesOf, thawCgroups } from '../cgroup/freezer.js';
import { killCgroups } from '../cgroup/kill.js';
import { TsrunError } from '../errors/index.js';
import { exited, native } from '../native/index.js';
import { errnoOf, systemFailure } from '../os/index.js';
import type { Spec } from '../spec/index.js';
import type { ContainerDir, ContainerRecord, ContainerStatus } from '../state/index.js';
import type { Engine } from './engine.js';
import { openInit } from './observe.js';

/** How long a killed container may take to end; beyond that something in it hangs in the kernel. */
const endLimitMs = 10_000;

/**
 * Takes back everything that `create` made, whatever still runs, and then runs the poststop hooks
 * (runtime.md, "Lifecycle", steps 12 and 13). The caller holds the lock.
 *
 * @param status if somebody has looked
 * @throws TsrunError ERR_TIMEOUT when a process does not end within 10 s of SIGKILL, ERR_CGROUP, ERR_SYSTEM
 */
export async function destroyContainer(
	engine: Engine,
	dir: ContainerDir,
	record: ContainerRecord,
	status?: ContainerStatus,
): Promise<void> {
	const spec = record.hooks.includes('poststop') ? await specOf(dir) : undefined;
	// Who looks at a container that was never completed says `stopped` without having looked for a process.
	if (status !== 'stopped' || record.creating === true) await killInit(record);
	const { paths, unit } = record.cgroup;
	const own = directoriesOf(paths);
	const removed = removeEmptyCgroups(record.cgroup, own);
	if (!removed) await killCgroups(paths);
	if (unit !== undefined) {
		const { stopUnit } = await import('./systemd.js');
		await stopUnit(engine, record);
	}
	for (const directory of [...record.cgroup.created].reverse()) {
		// One above it, which other containers may be below by now.
		if (!own.has(directory)) removeUnusedCgroup(directory);
		else if (!removed) await removeCgroup(directory);
	}
	if (record.mounts !== undefined) {
		const { removeHostMounts } = await import('../launch/host-mounts.js');
		removeHostMounts(record.mounts);
	}
	if (record.resctrl !== undefined) {
		const { removeGroup } = await import('../resctrl/group.js');
		for (const group of [...record.resctrl.created].reverse()) removeGroup(group);
	}
	await dir.remove();
	if (spec === undefined) return;
	const { runPoststopHooks } = await import('./poststop.js');
	await runPoststopHooks(engine, spec, record);
}

/**
 * Removes the container's cgroups if nothing is in them: the kernel refuses one with a process or a cgroup in it, which takes one
 * call, where looking for processes takes six.
 */
function removeEmptyCgroups({ created, unit }: ContainerRecord['cgroup'], own: ReadonlySet<string>): boolean {
	return (
		unit === undefined && [...own].every((directory) => created.includes(directory) && removeEmptyCgroup(directory))
	);
}

async function specOf(dir: ContainerDir): Promise<Spec> {
	const { storedSpec } = await import('../spec/stored.js');
	return storedSpec(await dir.configText());
}

async function killInit(record: ContainerRecord): Promise<void> {
	using init = openInit(record);
	if (init === undefined) return;
	try {
		native().pidfdSendSignal(init.number, 9);
	} catch (error) {
		if (errnoOf(error) !== 'ESRCH')
			throw systemFailure(`cannot kill process ${record.pid}`, error, { containerId: record.id });
	}
	thawCgroups(record.cgroup.paths);
	try {
		await exited(init.number, { timeoutMs: endLimitMs });
	} catch (cause) {
		if (!(cause instanceof TsrunError) || cause.code !== 'ERR_TIMEOUT') throw cause;
		const message = `process ${record.pid} does not end within ${endLimitMs / 1000} s of SIGKILL`;
		throw new TsrunError('ERR_TIMEOUT', message, { containerId: record.id, cause });
	}
}
