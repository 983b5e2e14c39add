import { TsrunError } from '../errors/index.js';
import type { HostStep } from '../plan/step.js';
import type { LaunchContext } from './context.js';
import { stepHint } from './fault.js';
import { deathBehind } from './init-death.js';
import type { InitProcess } from './init-process.js';

/** What to throw for a failed step of the host's: the error with its place and what can be done, or what lies behind it. */
export async function hostFault(
	cause: unknown,
	step: HostStep,
	{ plan, standing }: Pick<LaunchContext, 'plan' | 'standing'>,
	init: InitProcess | undefined,
): Promise<unknown> {
	if (!(cause instanceof TsrunError)) return cause;
	const pointer = step.pointer || undefined;
	const death = await deathBehind(cause, init, plan);
	if (death !== undefined) return death.with({ pointer });
	const { errno, syscall, path } = cause;
	const hint = errno === undefined ? undefined : stepHint(step, syscall, errno, path, standing);
	return cause.with({ pointer, hint });
}
