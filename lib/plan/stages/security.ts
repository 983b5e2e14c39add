import type { Process, Seccomp } from '../../spec/types.js';
import { init, type Step } from '../step.js';
import { seccompFilterFlags } from '../tables/seccomp.js';
import type { ProcessPointer } from './process.js';

/** Labels for the next execve(2) and no_new_privs, while the process may still write them. */
export function* privilegeStage(process: Process, at: ProcessPointer): Generator<Step> {
	if (process.apparmorProfile !== undefined) {
		yield init('label', { file: 'apparmor/exec', value: `exec ${process.apparmorProfile}` }, `${at}/apparmorProfile`);
	}
	if (process.selinuxLabel !== undefined) {
		yield init('label', { file: 'exec', value: process.selinuxLabel }, `${at}/selinuxLabel`);
	}
	if (process.noNewPrivileges === true) yield init('no_new_privileges', {}, `${at}/noNewPrivileges`);
}

/**
 * The filter. Without no_new_privs loading one takes CAP_SYS_ADMIN, so it has to come before the capabilities go;
 * with it, as late as possible, so that the profile need not allow what the runtime itself calls.
 */
export function* seccompStage(
	seccomp: Seccomp | undefined,
	process: Process,
	moment: 'before-identity' | 'before-exec',
): Generator<Step> {
	if (seccomp === undefined) return;
	if ((process.noNewPrivileges === true) !== (moment === 'before-exec')) return;
	const notify = (seccomp.syscalls ?? []).some(({ action }) => action === 'SCMP_ACT_NOTIFY');
	yield init(
		'seccomp',
		{ filter: seccomp, flags: filterFlags(seccomp.flags, notify), notify: notify ? 1 : 0 },
		'/linux/seccomp',
	);
}

// Absent flags mean what runc and crun took them to mean: no mitigation that the profile's author did not ask for.
function filterFlags(flags: Seccomp['flags'], notify: boolean): number {
	return (
		(flags ?? (['SECCOMP_FILTER_FLAG_SPEC_ALLOW'] as const))
			// EINVAL where nobody is notified (seccomp(2)).
			.filter((flag) => notify || flag !== 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV')
			// There is one thread as yet, and so nothing to synchronise; with a listener the kernel refuses it.
			.filter((flag) => flag !== 'SECCOMP_FILTER_FLAG_TSYNC')
			.reduce((bits, flag) => bits | seccompFilterFlags[flag], 0)
	);
}
