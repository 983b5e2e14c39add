import { resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** Absolute path of something in the repository. */
export function inRoot(...parts) {
	return resolve(root, ...parts);
}
