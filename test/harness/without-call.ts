import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { program } from './cli.js';
import { containerId } from './scratch.js';
import { stateRoot } from './state-root.js';
import { staticProgram } from './static-program.js';

/** As the kernel numbers it on every architecture. */
export const openat2 = 437;

const limitMs = 20_000;

/**
 * Runs a bundle with the built program to its end, on a kernel that seems to lack a system call.
 *
 * @throws when it fails; the error carries what it said
 */
export async function runWithout(call: number, bundlePath: string): Promise<{ stdout: string; stderr: string }> {
	const without = staticProgram('without');
	if (without === undefined) throw new Error('no static program can be made of without.c');
	const words = [...program, '--root', stateRoot(), 'run', '--bundle', bundlePath, containerId()];
	return promisify(execFile)(without, [String(call), ...words], { timeout: limitMs, killSignal: 'SIGKILL' });
}
