// Checks the format of all C and C++ sources, or with --write makes it so.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './build/paths.mjs';

const folders = ['addon/binding', 'addon/init', 'addon/launcher', 'addon/wire', 'bench', 'test'];

const files = folders.flatMap((folder) =>
	readdirSync(inRoot(folder), { recursive: true })
		.filter((name) => /\.(c|cc|h)$/.test(name))
		.map((name) => join(folder, name)),
);
const action = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '--Werror'];
const { status, error } = spawnSync('clang-format', [...action, ...files], { cwd: inRoot(), stdio: 'inherit' });
if (error?.code === 'ENOENT') {
	console.error('clang-format is missing (Debian: clang-format)');
	process.exit(1);
}
if (error) throw error;
console.log(`clang-format: ${files.length} files ${status === 0 ? 'in order' : 'looked at'}`);
process.exitCode = status ?? 1;
