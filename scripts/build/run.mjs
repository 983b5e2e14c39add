import { spawnSync } from 'node:child_process';
import { root } from './paths.mjs';

export class CommandFailed extends Error {}

/** Runs a command in the repository's root with our own streams; throws {@link CommandFailed} unless it ends with 0. */
export function run(command, args, options = {}) {
	const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
	if (error) throw new CommandFailed(`${command} could not be started: ${error.message}`);
	if (status !== 0) throw new CommandFailed(`${command} ended with ${signal ?? `status ${status}`}`);
}
