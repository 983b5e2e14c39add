import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { program } from './cli.js';
import { containerId, token } from './scratch.js';
import { stateRoot } from './state-root.js';
import { staticProgram } from './static-program.js';

// As the kernel numbers them on every architecture.
export const openat2 = 437;
export const pidfdGetfd = 438;

const limitMs = 20_000;

/**
 * Executes a command to its end, on a kernel that seems to lack a system call.
 *
 * @throws when it fails; the error carries what it said
 */
export async function executeWithout(
	call: number,
	words: readonly string[],
): Promise<{ stdout: string; stderr: string }> {
	const without = staticProgram('without');
	if (without === undefined) throw new Error('no static program can be made of without.c');
	const env = { PATH: process.env['PATH'], TSRUN_TEST: token };
	return promisify(execFile)(without, [String(call), ...words], { env, timeout: limitMs, killSignal: 'SIGKILL' });
}

/** Runs a bundle with the built program in the same way. */
export function runWithout(call: number, bundlePath: string): Promise<{ stdout: string; stderr: string }> {
	return executeWithout(call, [...program, '--root', stateRoot(), 'run', '--bundle', bundlePath, containerId()]);
}
