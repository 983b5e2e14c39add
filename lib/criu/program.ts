import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { TsrunError } from '../errors/index.js';
import { errnoOf } from '../os/index.js';

/** Where programs of the administrator are, for callers that have no PATH: engines run some verbs without one. */
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** CRIU, and where it looks for the programs that it runs itself (tar, iptables). */
export interface CriuProgram {
	/** Absolute. */
	readonly file: string;
	readonly searchPath: string;
}

/**
 * Finds criu as a shell would, but never in the current directory, which is what an empty or relative element of PATH means.
 *
 * @param environment the caller's
 * @throws TsrunError ERR_CRIU with what to install
 */
export function findCriu(environment: Readonly<Record<string, string>>): CriuProgram {
	const asked = (environment['PATH'] ?? '').split(':').filter(isAbsolute);
	const folders = asked.length === 0 ? usualPath.split(':') : asked;
	const file = folders.map((folder) => join(folder, 'criu')).find(isExecutable);
	if (file !== undefined) return { file, searchPath: folders.join(':') };
	throw new TsrunError('ERR_CRIU', 'criu is not installed: there is no such program in PATH', {
		hint: `Install CRIU (Debian, Ubuntu, Fedora: package criu), or put its folder in PATH. Searched: ${folders.join(', ')}.`,
	});
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile();
	} catch (cause) {
		if (errnoOf(cause) === undefined) throw cause;
		return false;
	}
}
