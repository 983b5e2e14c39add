import { openSync, writeSync } from '../lib/native/files.js';
import { native } from '../lib/native/load.js';

/** The calls that messages are written with. */
export interface FileCalls {
	openSync(path: string, flags: number, mode: number): number;
	/** @returns how many bytes were written */
	writeSync(fd: number, bytes: Uint8Array, offset?: number): number;
}

/** Those of the addon; when the addon is what fails, those of node:fs, which takes longer to load: somebody must say so. */
export function fileCalls(): FileCalls {
	try {
		native();
		return { openSync, writeSync };
	} catch {
		return process.getBuiltinModule('node:fs');
	}
}
