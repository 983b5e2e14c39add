import type { Exit } from './init-process.js';

const [sigkill, sigsys] = [9, 31];

/** What a person can do about a process that a signal ended, where the signal tells the reason; undefined for all others. */
export function deathHint({ signal }: Exit): string | undefined {
	if (signal === sigsys) {
		return 'A seccomp filter killed it for a call that the filter does not allow: of the container, see linux.seccomp (SCMP_ACT_LOG in place of SCMP_ACT_KILL has the kernel log name the call); of what runs around this program, see its profile.';
	}
	if (signal === sigkill) {
		return 'Where nobody killed it, memory had run out: raise linux.resources.memory.limit, of which the runtime itself needs some 2 MiB for a moment, or see memory.max of the cgroups above; the kernel log has the reason.';
	}
	return undefined;
}
