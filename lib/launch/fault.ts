import { type FailureContext, hintFor } from '../errors/hint.js';
import { errnoName, errnoText, TsrunError } from '../errors/index.js';
import { readTextFileIfThere } from '../os/index.js';
import { describeStep } from '../plan/describe.js';
import type { Plan } from '../plan/plan.js';
import { hookKinds } from '../plan/stages/hooks.js';
import type { Step } from '../plan/step.js';
import { schedulerPolicyName } from '../plan/tables/scheduling.js';
import { callNames } from './calls.js';
import { hookFailure, hookNotExecuted } from './hook-failure.js';
import type { Report } from './message.js';
import { namespaceHint } from './namespace-hint.js';

/** The helper's numbers as an error: the step looked up in the plan, the system call by its name, the errno in words. */
export function faultError(plan: Plan, report: Report, context?: FailureContext): TsrunError {
	const step = plan.steps[report.step];
	if (step === undefined) {
		return new TsrunError('ERR_NATIVE', `the init helper reports a fault in step ${report.step}, which the plan lacks`);
	}
	const call = callNames[report.call] ?? 'none';
	const errno = errnoName(report.value);
	const details = {
		pointer: step.pointer,
		step: describeStep(step),
		syscall: call === 'find_program' ? 'execve' : call,
		errno,
		path: report.text,
		hint: stepHint(step, call, errno, report.text, context),
	};
	if (step.actor === 'init' && step.operation === 'hook') {
		const hook = { ...step.args, kind: hookKinds[step.args.kind] ?? 'createContainer' };
		if (call === 'hook') return hookFailure(hook, report.value, report.text, plan.id);
		if (call === 'execve') return hookNotExecuted(hook, errno, plan.id);
	}
	if (call === 'find_program') {
		return new TsrunError('ERR_EXECUTABLE', programMessage(report.text, errno), details);
	}
	if (call === 'execve') {
		return new TsrunError('ERR_EXECUTABLE', `exec ${report.text}: ${errnoText(errno)}`, details);
	}
	return new TsrunError('ERR_STEP_FAILED', `cannot ${details.step}: ${reason(call, errno, report.text)}`, details);
}

/** What a person can do about a step that failed with this errno. */
export function stepHint(
	step: Step,
	syscall: string | undefined,
	errno: string,
	path?: string,
	context: FailureContext = {},
): string | undefined {
	const { operation } = step;
	if (context.rootless && context.userNamespace) {
		const hint = namespaceHint(operation, errno, readSysctl);
		if (hint !== undefined) return hint;
	}
	return hintFor({ operation, kind: kindOf(step), syscall, errno, path, context });
}

function kindOf(step: Step): string | undefined {
	if (step.operation === 'mount') return step.args.type;
	if (step.operation === 'scheduler') return schedulerPolicyName(step.args.policy);
	if (step.operation === 'new_mount' || step.operation === 'map_tree') return 'idmap';
	// Without a mount namespace the root is a directory to go to (enterRootDirectory).
	if (step.operation === 'rootfs' || (step.operation === 'chdir' && step.pointer === '/root/path')) return 'root';
	return step.operation === 'open_tree' && step.args.idmap !== null ? 'idmap' : undefined;
}

function readSysctl(name: string): string | undefined {
	return readTextFileIfThere(`/proc/sys/${name.replaceAll('.', '/')}`, { maxBytes: 4096 })?.trim();
}

function reason(call: string, errno: string, text: string): string {
	if (call === 'verify' || call === 'program') return text;
	return `${call}${text === '' ? '' : ` ${text}`}: ${errnoText(errno)}`;
}

// Engines choose their own exit status by these phrases: 127 for what is not found, 126 for what may not be executed.
function programMessage(name: string, errno: string): string {
	const quoted = `exec: ${JSON.stringify(name)}`;
	if (errno === 'ENOENT' && !name.includes('/')) return `${quoted}: executable file not found in $PATH`;
	if (errno === 'ENOENT') return `${quoted}: stat ${name}: ${errnoText(errno)}`;
	// EACCES is what execve(2) would say of a directory, and the one phrase that makes 126 of it in Docker 20.10 and Podman.
	if (errno === 'EISDIR') return `${quoted}: ${errnoText(errno)}: ${errnoText('EACCES')}`;
	return `${quoted}: ${errnoText(errno)}`;
}
