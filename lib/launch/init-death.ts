import { memoryStats } from '../cgroup/stats/memory.js';
import { TsrunError } from '../errors/index.js';
import { readProcessStat, signalName } from '../os/index.js';
import type { Plan } from '../plan/plan.js';
import { deathHint } from './death-hint.js';
import type { Exit, InitProcess } from './init-process.js';

const sigkill = 9;

/**
 * The error for an init that ended in the middle of its work.
 *
 * @param cause what failed on its account
 */
export function initDeath(exit: Exit, { id, cgroup }: Pick<Plan, 'id' | 'cgroup'>, cause?: unknown): TsrunError {
	const how = exit.signal === null ? `with status ${exit.code}` : `by ${signalName(exit.signal)}`;
	const memory = exit.signal === sigkill && mayHaveRunOut(cgroup) ? `: ${outOfMemory}` : '';
	return new TsrunError('ERR_INIT_DIED', `the init helper ended ${how} before it answered${memory}`, {
		containerId: id,
		hint: deathHint(exit),
		cause,
	});
}

/**
 * The error behind that of a step of the host's: an init that was killed meanwhile hears nothing any more, and the cgroup that
 * systemd has made for it is gone with it. A limit of memory does that on v2, where the kernel kills until the limit holds.
 *
 * @returns undefined where init lives, is not there yet, or has ended by itself: it says why
 */
export async function deathBehind(
	cause: TsrunError,
	init: InitProcess | undefined,
	plan: Pick<Plan, 'id' | 'cgroup'>,
): Promise<TsrunError | undefined> {
	if (init === undefined || cause.code === 'ERR_ABORTED' || cause.code === 'ERR_INIT_DIED') return undefined;
	if (cause.errno !== 'EPIPE' && !hasEnded(init)) return undefined;
	const exit = await init.exit();
	return exit.signal === sigkill ? initDeath(exit, plan, cause) : undefined;
}

function hasEnded({ pid, pidfd }: InitProcess): boolean {
	if (!pidfd.open) return true;
	const state = readProcessStat(pid)?.state;
	return state === undefined || state === 'Z' || state === 'X';
}

/** runc's words, which people who run kubelets look for. */
const outOfMemory = 'container init was OOM-killed (memory limit too low?)';

// Nobody but the kernel kills an init that is not known to anybody yet, unless its cgroup counted no such kill: then
// somebody did. systemd removes the cgroup of a scope as soon as nobody is left, and the count with it.
function mayHaveRunOut(cgroup: Plan['cgroup']): boolean {
	return cgroup === null || memoryStats({ v2: cgroup.unified, v1: cgroup.v1 })?.oomKills !== 0n;
}
