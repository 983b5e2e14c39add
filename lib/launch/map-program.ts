import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { errnoOf, systemFailure } from '../os/index.js';
import { mapProgramFailure, mapProgramMissing } from './map-failure.js';
import { disownChild, ownChild } from './own-children.js';

/** Absolute, so that a PATH which somebody else has set does not choose the program; the last is where NixOS has it. */
const folders = ['/usr/bin', '/bin', '/usr/local/bin', '/run/wrappers/bin'];

/** It opens a few files and writes one; more time means that a name service it asks hangs. */
const limitMs = 10_000;

/** As much of its complaint as is shown. */
const keptOutput = 2048;

/**
 * Has newuidmap(1) or newgidmap(1) write a map: they may give a user the ids that /etc/subuid and /etc/subgid lend.
 *
 * @param pid a process of ours that has not been waited for, so that the number is its own
 * @param map lines as /proc/PID/uid_map takes them
 * @throws TsrunError ERR_STEP_FAILED with a hint that names what has to be changed on the host
 */
export async function mapByProgram(kind: 'uid' | 'gid', pid: number, map: string): Promise<void> {
	const program = findProgram(`new${kind}map`);
	if (program === undefined) throw mapProgramMissing(kind, folders);
	const numbers = map.split(/\s+/).filter((word) => word !== '');
	const { status, output } = await run(program, [String(pid), ...numbers]);
	if (status !== 0) throw mapProgramFailure(kind, program, map, output || `it ended with ${status}`);
}

function findProgram(name: string): string | undefined {
	return folders
		.map((folder) => `${folder}/${name}`)
		.find((path) => {
			try {
				accessSync(path, constants.X_OK);
				return true;
			} catch (cause) {
				const errno = errnoOf(cause);
				if (errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'EACCES') return false;
				throw systemFailure(`cannot use ${path}`, cause);
			}
		});
}

/** Its exit status, or the name of the signal that ended it, with what it said. */
function run(program: string, args: readonly string[]): Promise<{ status: number | string; output: string }> {
	const child = spawn(program, args, {
		// Nothing of the caller's environment has a say in a program with more privileges.
		env: {},
		stdio: ['ignore', 'ignore', 'pipe'],
		timeout: limitMs,
		killSignal: 'SIGKILL',
	});
	const { pid } = child;
	if (pid !== undefined) ownChild(pid);
	return new Promise((resolve, reject) => {
		let output = '';
		child.stderr.setEncoding('utf8');
		child.stderr.on('data', (text: string) => {
			output = (output + text).slice(0, keptOutput);
		});
		child.on('error', (cause) => {
			if (pid !== undefined) disownChild(pid);
			reject(systemFailure(`cannot run ${program}`, cause, { path: program }, 'ERR_STEP_FAILED'));
		});
		child.on('close', (code, signal) => {
			if (pid !== undefined) disownChild(pid);
			resolve({ status: code ?? signal ?? 'no status', output: output.trim() });
		});
	});
}
