import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';
import { unlessUpToDate } from './stamp.mjs';

/** CMake's products below addon/build, and where they belong. */
const products = { 'Release/tsrun.node': 'dist/tsrun.node', launcher: 'dist/tsrun' };

const cmakeCachePath = inRoot('addon/build/CMakeCache.txt');

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
	// What was built without libseccomp may find it by now.
	const lacked = /^SECCOMP_\w+:\w+=.*-NOTFOUND$/m.test(cmakeCache());
	return unlessUpToDate({ name: 'native', inputs, outputs: Object.values(products), force: force || lacked }, () => {
		dropForeignCache(force);
		if (lacked) rmSync(cmakeCachePath, { force: true });
		const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
		const folders = ['--directory', 'addon', '--out', 'addon/build'];
		const jobs = ['--parallel', String(availableParallelism())];
		run(process.execPath, [cmakeJs, 'build', ...folders, ...jobs, '--log-level', 'warn']);
		for (const [made, wanted] of Object.entries(products)) replace(inRoot('addon/build', made), inRoot(wanted));
	});
}

// CMake refuses a cache that was made for another folder, as after moving or copying the repository.
function dropForeignCache(force) {
	const home = cmakeCache().match(/^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/m)?.[1];
	if (force || home !== inRoot('addon')) rmSync(inRoot('addon/build'), { recursive: true, force: true });
}

/** What CMake has found out; empty before its first run. */
function cmakeCache() {
	return existsSync(cmakeCachePath) ? readFileSync(cmakeCachePath, 'utf8') : '';
}

// By rename: the old file may be running, and writing to it would fail (ETXTBSY) or crash who has it mapped.
function replace(from, to) {
	mkdirSync(dirname(to), { recursive: true });
	copyFileSync(from, `${to}.new`);
	renameSync(`${to}.new`, to);
}
