import type { Rule, RuleFault } from '../fault.js';
import type { Seccomp, SeccompAction, Spec } from '../types.js';

/** A rule about the seccomp section alone; pointers in it start below /linux/seccomp. */
function seccompRule(check: (seccomp: Seccomp) => Iterable<RuleFault>): Rule<Spec> {
	return function* (spec) {
		const seccomp = spec.linux?.seccomp;
		if (seccomp === undefined) return;
		for (const { pointer, message } of check(seccomp)) yield { pointer: `/linux/seccomp${pointer}`, message };
	};
}

function takesErrno(action: SeccompAction): boolean {
	return action === 'SCMP_ACT_ERRNO' || action === 'SCMP_ACT_TRACE';
}

export const errnoNeedsAction = seccompRule(function* ({ defaultAction, defaultErrnoRet, syscalls }) {
	if (defaultErrnoRet !== undefined && !takesErrno(defaultAction)) {
		yield { pointer: '/defaultErrnoRet', message: `cannot be set, ${defaultAction} returns no errno` };
	}
	for (const [index, { action, errnoRet }] of syscalls?.entries() ?? []) {
		if (errnoRet === undefined || takesErrno(action)) continue;
		yield { pointer: `/syscalls/${index}/errnoRet`, message: `cannot be set, ${action} returns no errno` };
	}
});

/** runc hands the listener over by write(2), and refuses profiles that stop it; agents are written for such profiles. */
export const notifyLeavesWayOut = seccompRule(function* ({ defaultAction, syscalls }) {
	if (defaultAction === 'SCMP_ACT_NOTIFY') {
		yield { pointer: '/defaultAction', message: 'must not be SCMP_ACT_NOTIFY, the container could not even start' };
	}
	for (const [index, { action, names }] of syscalls?.entries() ?? []) {
		if (action !== 'SCMP_ACT_NOTIFY' || !names.includes('write')) continue;
		yield { pointer: `/syscalls/${index}/action`, message: 'SCMP_ACT_NOTIFY cannot be used for the write syscall' };
	}
});

export const metadataNeedsListener = seccompRule(function* ({ listenerPath, listenerMetadata }) {
	if (listenerPath !== undefined || listenerMetadata === undefined || listenerMetadata === '') return;
	yield { pointer: '/listenerMetadata', message: 'needs listenerPath beside it' };
});

/** No system call has more than six arguments. */
export const argumentIndices = seccompRule(function* ({ syscalls }) {
	for (const [position, { args }] of syscalls?.entries() ?? []) {
		for (const [argument, { index }] of args?.entries() ?? []) {
			if (index <= 5) continue;
			const message = `must be from 0 to 5, found ${index}`;
			yield { pointer: `/syscalls/${position}/args/${argument}/index`, message };
		}
	}
});
