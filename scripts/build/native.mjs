import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';
import { unlessUpToDate } from './stamp.mjs';

/** CMake's products below addon/build, and where they belong. */
const products = { 'Release/tsrun.node': 'dist/tsrun.node', launcher: 'dist/tsrun' };

/** The addon with the init helper in it, and the launcher. */
export function buildNative({ force }) {
	const inputs = [
		'addon/CMakeLists.txt',
		'addon/package.json',
		'addon/binding',
		'addon/init',
		'addon/launcher',
		'addon/wire',
		'package-lock.json',
	];
	return unlessUpToDate({ name: 'native', inputs, outputs: Object.values(products), force }, () => {
		dropForeignCache(force);
		const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
		const folders = ['--directory', 'addon', '--out', 'addon/build'];
		const jobs = ['--parallel', String(availableParallelism())];
		run(process.execPath, [cmakeJs, 'build', ...folders, ...jobs, '--log-level', 'warn']);
		for (const [made, wanted] of Object.entries(products)) replace(inRoot('addon/build', made), inRoot(wanted));
	});
}

// CMake refuses a cache that was made for another folder, as after moving or copying the repository.
function dropForeignCache(force) {
	const cache = inRoot('addon/build/CMakeCache.txt');
	if (!existsSync(cache)) return;
	const home = readFileSync(cache, 'utf8').match(/^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m)?.[1];
	if (force || home !== inRoot('addon')) rmSync(inRoot('addon/build'), { recursive: true });
}

// By rename: the old file may be running, and writing to it would fail (ETXTBSY) or crash who has it mapped.
function replace(from, to) {
	mkdirSync(dirname(to), { recursive: true });
	copyFileSync(from, `${to}.new`);
	renameSync(`${to}.new`, to);
}
