import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A word that occurs in every path and container id of this test file, and nowhere else on the machine: what is left behind is
 * found by it, whoever else runs containers at the same time.
 */
export const token = `tsrun-test-${randomBytes(6).toString('hex')}`;

const folder = join(tmpdir(), token);
let count = 0;

/** A new empty directory of this test file, removed after its last test. */
export function scratch(name = 'scratch'): string {
	const path = join(folder, `${name}-${++count}`);
	// Open to all: an init with mapped ids has to reach the bundle in it.
	mkdirSync(path, { recursive: true, mode: 0o755 });
	return path;
}

/** A container id that no other test uses. */
export function containerId(name = 'box'): string {
	return `${token}-${name}-${++count}`;
}

/**
 * Removes the directories of this test file. Throws, and removes nothing, when something is mounted there: it could be a bind mount
 * of the machine's own files.
 */
export function removeScratch(): void {
	if (readFileSync('/proc/self/mountinfo', 'utf8').includes(folder))
		throw new Error(`something is mounted below ${folder}`);
	rmSync(folder, { recursive: true, force: true });
}
