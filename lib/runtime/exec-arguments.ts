import { TsrunError } from '../errors/index.js';
import { isAbsolute } from '../paths.js';
import { readProcessObject } from '../spec/documents.js';
import type { Process } from '../spec/index.js';
import { showValue } from '../spec/show-value.js';

/** The kernel takes 2^32 - 1 for "no change". */
const highestId = 0xffff_fffe;

/**
 * What a program of the library asks `exec` to run, held to the rules of config.json if it is a process object. Words pass;
 * {@link assertProcess} sees what is made of them.
 *
 * @throws ConfigError ERR_CONFIG_INVALID
 */
export async function programToRun(program: readonly string[] | Process): Promise<readonly string[] | Process> {
	return isList(program) ? program : readProcessObject(program);
}

/** Array.isArray() does not tell a readonly array from an object. */
export function isList(value: unknown): value is readonly string[] {
	return Array.isArray(value);
}

/**
 * Holds a process of which parts are the caller's own values to what config.json is held to: JavaScript brings ids that are
 * NaN, and in the plan's bytes that would be root. By hand, because the schemas take longer than an exec does.
 *
 * @throws TsrunError ERR_ARGUMENT
 */
export function assertProcess({ args, env, cwd, user }: Process): void {
	if (args.length === 0) throw refused('exec args cannot be empty');
	for (const word of args)
		if (!isText(word)) throw refused(`exec args must be strings without NUL, found ${showValue(word)}`);
	if (!isText(cwd) || !isAbsolute(cwd)) throw refused('Cwd must be an absolute path');
	for (const entry of env ?? []) assertVariable(entry);
	for (const id of [user.uid, user.gid, ...(user.additionalGids ?? [])]) {
		if (!Number.isInteger(id) || id < 0 || id > highestId) {
			throw refused(`invalid id ${showValue(id)}: an integer from 0 to ${highestId} is expected`);
		}
	}
}

function assertVariable(entry: unknown): void {
	const name = isText(entry) ? entry.indexOf('=') : -1;
	if (name < 1) throw refused(`invalid environment variable ${showValue(entry)}: NAME=value without NUL is expected`);
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && !value.includes('\0');
}

function refused(message: string): TsrunError {
	return new TsrunError('ERR_ARGUMENT', message);
}
