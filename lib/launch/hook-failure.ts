import { type ErrorDetails, errnoText, TsrunError } from '../errors/index.js';
import type { HookKind } from '../plan/step.js';
import { statusWords } from './wait-status.js';

/** The part of a hook's arguments that its failure is worded with. */
interface FailedHook {
	readonly kind: HookKind;
	readonly index: number;
	readonly path: string;
	/** Milliseconds. */
	readonly timeout: number;
}

/**
 * A hook that did not end well, in the words that people know from runc.
 *
 * @param status wait status as wait(2) packs it, or -ETIMEDOUT
 * @param output what the hook printed, cut to its end
 */
export function hookFailure(hook: FailedHook, status: number, output: string, containerId: string): TsrunError {
	const printed = output.trim() === '' ? '' : `, output: ${output.trim()}`;
	return new TsrunError(
		'ERR_HOOK_FAILED',
		`error running ${hook.kind} hook #${hook.index}: ${statusWords(status, hook.timeout)}${printed}`,
		hookDetails(hook, containerId),
	);
}

/** A hook that could not even be executed. */
export function hookNotExecuted(hook: FailedHook, errno: string, containerId: string, cause?: unknown): TsrunError {
	return new TsrunError(
		'ERR_HOOK_FAILED',
		`error running ${hook.kind} hook #${hook.index}: cannot execute ${hook.path}: ${errnoText(errno)}`,
		{ ...hookDetails(hook, containerId), syscall: 'execve', errno, cause },
	);
}

function hookDetails({ kind, index, path }: FailedHook, containerId: string): ErrorDetails {
	return { pointer: `/hooks/${kind}/${index}`, step: `run the ${kind} hook`, path, containerId };
}
