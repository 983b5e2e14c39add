import { spawnSync } from 'node:child_process';
import { inRoot } from '../build/paths.mjs';

/** Lint and format of all sources; one count for each tool. */
export function checkLint() {
	return checks('lint', [
		['biome', 'node_modules/@biomejs/biome/bin/biome', 'check', '.'],
		['clang-format', 'scripts/clang-format.mjs'],
	]);
}

/** The types of the sources and of the tests. */
export function checkTypes() {
	const tsc = 'node_modules/typescript/bin/tsc';
	return checks('types', [
		['lib and cli', tsc, '--noEmit', '-p', 'tsconfig.json'],
		['test', tsc, '-p', 'test/tsconfig.json'],
	]);
}

function checks(part, commands) {
	const result = { part, passed: 0, failed: 0, skipped: [] };
	for (const [name, ...args] of commands) {
		console.log(`\n== ${part}: ${name}`);
		const { status, error } = spawnSync(process.execPath, args, { cwd: inRoot(), stdio: 'inherit', timeout: 300_000 });
		if (error) console.error(`${name}: ${error.message}`);
		result[status === 0 ? 'passed' : 'failed']++;
	}
	return result;
}
