import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inRoot } from './paths.mjs';

/**
 * Runs `make` unless every output exists and the inputs are byte for byte those of the last success. Contents decide, not
 * times: a checkout or a deleted source changes what must be built, and a touched file does not.
 *
 * @param name of the part, one word
 * @param inputs files and folders below the root; a folder means every file in it
 * @param outputs what `make` has to produce
 * @returns what was done, in words
 */
export async function unlessUpToDate({ name, inputs, outputs, force }, make) {
	const stamp = inRoot('.cache/build', `${name}.sha256`);
	const before = digest(inputs);
	const known = existsSync(stamp) && readFileSync(stamp, 'utf8') === before;
	if (!force && known && outputs.every((path) => existsSync(inRoot(path)))) return 'up to date';
	// One that is interrupted has no success to show.
	rmSync(stamp, { force: true });
	await make();
	const missing = outputs.filter((path) => !existsSync(inRoot(path)));
	if (missing.length > 0) throw new Error(`the build of ${name} did not make ${missing.join(', ')}`);
	mkdirSync(dirname(stamp), { recursive: true });
	writeFileSync(stamp, before);
	return `built ${outputs.join(', ')}`;
}

function digest(inputs) {
	const hash = createHash('sha256').update(process.version);
	for (const path of inputs.flatMap(filesBelow)) hash.update(`\0${path}\0`).update(readFileSync(inRoot(path)));
	return hash.digest('hex');
}

function filesBelow(path) {
	if (!existsSync(inRoot(path))) return [];
	if (statSync(inRoot(path)).isFile()) return [path];
	return readdirSync(inRoot(path))
		.sort()
		.flatMap((entry) => filesBelow(join(path, entry)));
}
