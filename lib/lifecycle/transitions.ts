import { TsrunError } from '../errors/index.js';
import type { ContainerStatus } from '../state/index.js';

/** Which verb is allowed in which status, and what is said where it is not: engines search for these sentences. */
const refusals = {
	start: {
		running: 'cannot start an already running container',
		paused: 'cannot start an already running container',
		stopped: 'cannot start a container that has stopped',
		creating: 'cannot start a container that is still being created',
	},
	kill: { stopped: 'container not running', creating: 'container not running' },
	exec: {
		stopped: 'cannot exec in a stopped container',
		creating: 'cannot exec in a container that is still being created',
		paused: 'cannot exec in a paused container (use --ignore-paused to override)',
	},
	ps: {},
	pause: { stopped: 'container not running', creating: 'container not running', paused: 'container not running' },
	resume: {
		stopped: 'container not paused',
		creating: 'container not paused',
		created: 'container not paused',
		running: 'container not paused',
	},
	checkpoint: {
		created: 'Container cannot be checkpointed in created state',
		stopped: 'Container cannot be checkpointed in stopped state',
		creating: 'Container cannot be checkpointed in creating state',
	},
	update: { stopped: 'container not running', creating: 'container not running' },
} as const satisfies Record<string, Partial<Record<ContainerStatus, string>>>;

export type GuardedVerb = keyof typeof refusals;

/** @throws TsrunError ERR_WRONG_STATUS when `verb` has no place in this status */
export function allow(verb: GuardedVerb, status: ContainerStatus, id: string): void {
	const reasons: Partial<Record<ContainerStatus, string>> = refusals[verb];
	const reason = reasons[status];
	if (reason !== undefined) throw new TsrunError('ERR_WRONG_STATUS', reason, { containerId: id });
}
