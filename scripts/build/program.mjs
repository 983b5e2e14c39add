import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { bunExecutable } from './bun.mjs';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';
import { unlessUpToDate } from './stamp.mjs';
import { writeVersion } from './version.mjs';
import { wrapChunks } from './wrap-chunks.mjs';

// A module that is imported lazily becomes a chunk of its own, so that the verbs without it do not pay for it.
const split = ['--format=esm', '--splitting'];

const flags = [
	...split,
	'--compile',
	'--bytecode',
	'--minify-syntax',
	'--minify-whitespace',
	// The program runs as root in folders it does not trust: nothing of the current folder may configure it. The last two
	// are Bun's defaults today; they are written down because they must stay so.
	'--no-compile-autoload-bunfig',
	'--no-compile-autoload-dotenv',
	'--no-compile-autoload-tsconfig',
	'--no-compile-autoload-package-json',
	// A module that is looked up at run time would be looked up on the machine's disk.
	'--reject-unresolved',
];

// The first build lists a hundred chunks.
const quiet = ['inherit', 'ignore', 'inherit'];

/** cli/ and what it uses as one executable, dist/libexec/tsrun; dist/tsrun is the launcher in front of it. */
export function buildProgram({ force }) {
	writeVersion();
	const scripts = ['scripts/build/program.mjs', 'scripts/build/wrap-chunks.mjs'];
	const inputs = ['lib', 'cli', 'tsconfig.json', 'package-lock.json', ...scripts];
	const outputs = ['dist/libexec/tsrun'];
	return unlessUpToDate({ name: 'program', inputs, outputs, force }, () => {
		// The name becomes part of the program (the path of its entry in stack traces), so only the folder is another one.
		const fresh = inRoot('.cache/build/program/tsrun');
		const chunks = '.cache/build/chunks';
		rmSync(inRoot(chunks), { recursive: true, force: true });
		run(bunExecutable(), ['build', ...split, '--target=bun', 'cli/bin.ts', `--outdir=${chunks}`], { stdio: quiet });
		wrapChunks(inRoot(chunks));
		run(bunExecutable(), ['build', ...flags, `${chunks}/bin.js`, `--outfile=${fresh}`]);
		mkdirSync(inRoot('dist/libexec'), { recursive: true });
		renameSync(fresh, inRoot('dist/libexec/tsrun'));
	});
}
