// The programs that are compared, as they are right after an installation.
import { mkdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { inRoot } from '../scripts/build/paths.mjs';
import { copyInOneGo } from '../scripts/install/copy.mjs';

/**
 * Copies a program to a folder of its own and gives the path of the copy. How the kernel has a file in its page cache depends on
 * how it came there: what was written in one go, as `npm run install:system` does, is in large pieces, what was read by running it, in
 * single pages, and each of the some 8,000 pages that a program of 100 MiB touches is then mapped and unmapped by itself. `state`
 * took 2.3 ms more with a file of which the kernel had reclaimed what it had; so none of the programs has a past here.
 *
 * @param parts further files that it needs, by their paths beside it
 */
export function installed(name, program, parts = []) {
	const folder = inRoot('.cache/bench/installed', name);
	rmSync(folder, { recursive: true, force: true });
	for (const part of [basename(program), ...parts]) {
		const copy = join(folder, part);
		mkdirSync(dirname(copy), { recursive: true });
		copyInOneGo(join(dirname(program), part), copy, 0o755);
	}
	return join(folder, basename(program));
}
