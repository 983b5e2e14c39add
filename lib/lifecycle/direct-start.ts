import { TsrunError } from '../errors/index.js';
import type { Spec } from '../spec/types.js';
import type { Engine } from './engine.js';
import { hasListener, type PlanSettings } from './plan-create.js';

/**
 * Whether a container that is made and started in one go needs no init that waits to be told to start: a socket, a connection
 * and a wake-up less. Hooks of the start, and whoever listens to it, have their own part in it.
 */
export function startsDirectly(engine: Engine, { process, hooks }: Spec, settings: PlanSettings): boolean {
	if (process === undefined || engine.onStep !== undefined || hasListener(engine, settings)) return false;
	return !hooks?.startContainer?.length && !hooks?.poststart?.length;
}

/** Why a container that was complete did not start. */
export async function directStartFailure(cause: unknown, rootfs: string): Promise<unknown> {
	if (!(cause instanceof TsrunError)) return cause;
	const { withProgramProblem } = await import('../launch/program-problem.js');
	return withProgramProblem(cause, rootfs);
}
