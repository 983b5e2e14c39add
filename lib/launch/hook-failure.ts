import { constants } from 'node:os';
import { type ErrorDetails, errnoText, TsrunError } from '../errors/index.js';
import { signalName } from '../os/signals.js';
import type { HookKind } from '../plan/step.js';

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

function statusWords(status: number, timeout: number): string {
	if (status === -constants.errno.ETIMEDOUT) return `killed after its timeout of ${timeout / 1000} s`;
	const signal = status & 0x7f;
	if (signal === 0) return `exit status ${(status >> 8) & 0xff}`;
	// Nearly always the work of a seccomp profile.
	const meaning = signal === constants.signals.SIGSYS ? ' (bad system call)' : '';
	return `killed by ${signalName(signal)}${meaning}`;
}
