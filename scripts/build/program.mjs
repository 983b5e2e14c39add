import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { bunExecutable } from './bun.mjs';
import { joinChunks } from './join-chunks.mjs';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';
import { unlessUpToDate } from './stamp.mjs';
import { writeVersion } from './version.mjs';

// A module that is imported lazily becomes a chunk of its own, so that the verbs without it do not run it.
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

// The verbs that engines and scripts wait for, and what they load on their usual way.
const hotVerbs = ['run', 'create', 'start', 'state', 'kill', 'delete', 'exec', 'list'];
const isHot = (path) =>
	hotVerbs.some((verb) => path === `cli/commands/${verb}.ts` || path === `lib/lifecycle/${verb}.ts`);

// The first build lists a hundred chunks.
const quiet = ['inherit', 'ignore', 'inherit'];

/** cli/ and what it uses as one executable, dist/libexec/tsrun; dist/tsrun is the launcher in front of it. */
export function buildProgram({ force }) {
	writeVersion();
	const scripts = ['scripts/build/program.mjs', 'scripts/build/join-chunks.mjs'];
	const inputs = ['lib', 'cli', 'tsconfig.json', 'package-lock.json', ...scripts];
	const outputs = ['dist/libexec/tsrun'];
	return unlessUpToDate({ name: 'program', inputs, outputs, force }, () => {
		// The name becomes part of the program (the path of its entry in stack traces), so only the folder is another one.
		const fresh = inRoot('.cache/build/program/tsrun');
		const chunks = '.cache/build/chunks';
		rmSync(inRoot(chunks), { recursive: true, force: true });
		run(bunExecutable(), ['build', ...split, '--target=bun', 'cli/bin.ts', `--outdir=${chunks}`], { stdio: quiet });
		const joined = '.cache/build/joined';
		const { first, rest } = joinChunks(inRoot(chunks), 'bin.js', isHot);
		mkdirSync(inRoot(joined), { recursive: true });
		writeFileSync(inRoot(`${joined}/tsrun.js`), first);
		writeFileSync(inRoot(`${joined}/rest.js`), rest);
		run(bunExecutable(), ['build', ...flags, `${joined}/tsrun.js`, `--outfile=${fresh}`]);
		mkdirSync(inRoot('dist/libexec'), { recursive: true });
		renameSync(fresh, inRoot('dist/libexec/tsrun'));
	});
}
