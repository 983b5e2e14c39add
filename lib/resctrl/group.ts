import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { TsrunError } from '../errors/index.js';
import { errnoOf, readTextFile, readTextFileIfThere, removeDirectory, systemFailure } from '../os/index.js';
import { differingLine } from './schemata.js';

const maxBytes = 1024 * 1024;

/** Whether a group is there; the file system itself is the default one. */
export function groupExists(directory: string): boolean {
	return existsSync(directory);
}

/**
 * Makes a group of control or of monitoring.
 *
 * @throws TsrunError ERR_STEP_FAILED with the kernel's reason, which is often that there are no more groups to be had
 */
export function makeGroup(directory: string): void {
	try {
		mkdirSync(directory, { mode: 0o755 });
	} catch (cause) {
		throw explained(`cannot make the resctrl group ${directory}`, cause, directory);
	}
}

/** Its tasks become those of the group above. Nothing happens when it is gone already. */
export function removeGroup(directory: string): void {
	removeDirectory(directory);
}

/** @throws TsrunError ERR_STEP_FAILED */
export function writeSchemata(directory: string, lines: readonly string[]): void {
	write(`${directory}/schemata`, lines.map((line) => `${line}\n`).join(''));
}

/** @throws TsrunError ERR_SYSTEM */
export function readSchemata(directory: string): string {
	return readTextFile(`${directory}/schemata`, { maxBytes });
}

/** @throws TsrunError ERR_STEP_FAILED when the group has other values than these */
export function compareSchemata(directory: string, lines: readonly string[]): void {
	const line = differingLine(lines, readSchemata(directory));
	if (line === undefined) return;
	const message = `the resctrl group ${directory} is there, and has another schema than ${JSON.stringify(line)}`;
	throw new TsrunError('ERR_STEP_FAILED', message, { path: `${directory}/schemata` });
}

/** A thread, and whatever it forks from now on, becomes the group's. @throws TsrunError ERR_STEP_FAILED */
export function enterGroup(directory: string, task: number): void {
	write(`${directory}/tasks`, String(task));
}

// One write for all lines: the kernel takes them together or, when one is wrong, not at all.
function write(path: string, text: string): void {
	try {
		writeFileSync(path, text);
	} catch (cause) {
		throw explained(`cannot write ${JSON.stringify(text.trimEnd())} to ${path}`, cause, path);
	}
}

/** With what the kernel says of the last thing that somebody asked of resctrl. */
function explained(what: string, cause: unknown, path: string): TsrunError {
	const error = systemFailure(what, cause, { path }, 'ERR_STEP_FAILED');
	const status = lastStatus(dirname(path));
	if (status === undefined || status === '' || status === 'ok' || errnoOf(cause) === 'EACCES') return error;
	return new TsrunError('ERR_STEP_FAILED', `${error.message}: ${status}`, {
		path,
		errno: error.errno,
		syscall: error.syscall,
		cause,
	});
}

function lastStatus(directory: string): string | undefined {
	const status = readTextFileIfThere(`${directory}/info/last_cmd_status`, { maxBytes })?.trim();
	return status !== undefined || directory === '/' ? status : lastStatus(dirname(directory));
}
