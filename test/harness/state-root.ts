import { existsSync, readdirSync } from 'node:fs';
import { scratch } from './scratch.js';

let root: string | undefined;

/** The state root of this test file: for `--root`, or `new Runtime({ root })`. */
export function stateRoot(): string {
	root ??= scratch('state');
	return root;
}

/** Ids of containers that are still recorded under the state root. */
export function recordedContainers(): string[] {
	// What begins with @ is no container's: caches.
	return root !== undefined && existsSync(root) ? readdirSync(root).filter((name) => !name.startsWith('@')) : [];
}
