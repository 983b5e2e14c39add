import { accessSync, constants } from 'node:fs';
import { errnoOf, systemFailure } from '../os/index.js';
import { mapProgramFailure, mapProgramMissing } from './map-failure.js';
import { runProgram } from './run-program.js';
import { statusWords } from './wait-status.js';

/** Absolute, so that a PATH which somebody else has set does not choose the program; the last is where NixOS has it. */
const folders = ['/usr/bin', '/bin', '/usr/local/bin', '/run/wrappers/bin'];

/** It opens a few files and writes one; more time means that a name service it asks hangs. */
const limitMs = 10_000;

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
	const { status, output } = await runProgram({
		title: program,
		path: program,
		args: [program, String(pid), ...numbers],
		// Nothing of the caller's environment has a say in a program with more privileges.
		environment: {},
		input: '',
		limitMs,
		notExecuted: (cause) => systemFailure(`cannot run ${program}`, cause, { path: program }, 'ERR_STEP_FAILED'),
	});
	if (status !== 0) throw mapProgramFailure(kind, program, map, output.trim() || statusWords(status, limitMs));
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
