import { spawnSync } from 'node:child_process';
import type { Requirement } from './requirement.js';

/** strace(1) that stops at chosen calls alone. */
export const strace: Requirement = {
	what: 'strace, and the right to trace',
	met: () => spawnSync('strace', ['-f', '--seccomp-bpf', '-o', '/dev/null', 'true'], { timeout: 10_000 }).status === 0,
};

/**
 * Words in front of a command: calls of it, and of what it starts, fail as they do where the kernel lacks them, or the seccomp
 * profile of an engine around us hides them.
 *
 * @param failures in the words of strace: `openat2:error=ENOSYS`
 * @param more further options of strace
 */
export function failing(failures: readonly string[], ...more: readonly string[]): string[] {
	const calls = failures.map((failure) => failure.split(':')[0]).join(',');
	const injected = failures.flatMap((failure) => ['-e', `inject=${failure}`]);
	return ['strace', '-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, ...injected, ...more];
}
