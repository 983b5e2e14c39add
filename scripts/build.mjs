// Builds what is out of date: `node scripts/build.mjs [--force] [native|library|manual|program ...]`.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildLibrary } from './build/library.mjs';
import { buildManual } from './build/manual.mjs';
import { buildNative } from './build/native.mjs';
import { inRoot } from './build/paths.mjs';
import { buildProgram } from './build/program.mjs';
import { CommandFailed } from './build/run.mjs';

const parts = { native: buildNative, library: buildLibrary, manual: buildManual, program: buildProgram };

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
	console.error(`build: no part called ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
	process.exit(2);
}

// Two builds in one tree would mix their outputs. flock(1) gives the lock back however the holder ends.
if (process.env['TSRUN_BUILD_LOCKED'] !== '1') {
	mkdirSync(inRoot('.cache/build'), { recursive: true });
	const lock = inRoot('.cache/build/lock');
	const again = [process.execPath, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
	const { status, error } = spawnSync('flock', ['--close', lock, ...again], {
		stdio: 'inherit',
		env: { ...process.env, TSRUN_BUILD_LOCKED: '1' },
	});
	if (error) throw error;
	process.exit(status ?? 1);
}

try {
	const force = process.argv.includes('--force');
	for (const [name, build] of Object.entries(parts)) {
		if (wanted.length === 0 || wanted.includes(name)) console.log(`build: ${name}: ${await build({ force })}`);
	}
} catch (error) {
	if (!(error instanceof CommandFailed)) throw error;
	console.error(`build: ${error.message}`);
	process.exitCode = 1;
}
