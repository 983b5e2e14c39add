import { readCounters } from '../../cgroup/stats/counters.js';
import { TsrunError } from '../../errors/index.js';
import type { Launch } from '../launch.js';

/** How long one that was killed has to end; what is killed ends at once, or stands in a call that nothing interrupts. */
const longestEndMs = 5_000;

/**
 * How many processes of the container's own cgroup (v2) were killed for want of memory; undefined where nobody counts them.
 * memory.events counts those of the cgroups below as well, which somebody may have filled before (Linux 5.2 has both files).
 */
export function memoryKills({ context }: Pick<Launch, 'context'>): bigint | undefined {
	const directory = context.plan.cgroup?.unified;
	return directory === undefined ? undefined : readCounters(`${directory}/memory.events.local`)?.get('oom_kill');
}

/**
 * Finds out whether init has survived a limit of memory. That it still takes messages says nothing: one that was killed is an open end
 * of a socket until it has come to run once more, and `create` would have made a container that is dead (seen in a third of all calls).
 * As a rule nobody else is in the cgroup. The count does not say who was killed, though, so init gets some time to end, and not more. Of a
 * container that is restored all processes are in it, and stand still: CRIU would wait without end for the one that was killed.
 *
 * @param before {@link memoryKills} before there was a limit
 * @param patience milliseconds
 * @throws TsrunError ERR_INIT_DIED; ERR_CGROUP for a process of those that are restored; ERR_ABORTED
 */
export async function assertSurvived(
	launch: Launch,
	before: bigint | undefined,
	patience = longestEndMs,
): Promise<void> {
	const { plan, signal } = launch.context;
	if (launch.pid === undefined || before === undefined) return;
	const after = memoryKills(launch);
	// systemd removes the cgroup with its last process, and the count with it.
	if (after !== undefined && after <= before) return;
	if (plan.verb === 'restore') throw killedInRestore(plan.cgroup?.unified);
	const patient = AbortSignal.timeout(patience);
	const exit = await launch.process
		.exit(signal === undefined ? patient : AbortSignal.any([signal, patient]))
		.catch((cause: unknown) => {
			// It lives.
			if (cause instanceof TsrunError && cause.code === 'ERR_ABORTED' && signal?.aborted !== true) return undefined;
			throw cause;
		});
	if (exit === undefined) return;
	const { initDeath } = await import('../init-death.js');
	throw initDeath(exit, plan);
}

function killedInRestore(directory: string | undefined): TsrunError {
	return new TsrunError(
		'ERR_CGROUP',
		'the limit of memory is less than what is restored, and the kernel has killed for it',
		{
			path: directory,
			hint: 'Raise linux.resources.memory.limit to what the container had when it was saved, or leave it out.',
		},
	);
}
