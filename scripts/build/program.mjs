import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { alignSegments } from './align-segments.mjs';
import { bunExecutable } from './bun.mjs';
import { makeEager } from './eager-generators.mjs';
import { inlineFunctions } from './inline-functions.mjs';
import { joinChunks } from './join-chunks.mjs';
import { mergeChunks } from './merge-chunks.mjs';
import { inRoot } from './paths.mjs';
import { makePlain } from './plain-using.mjs';
import { CommandFailed, run } from './run.mjs';
import { unlessUpToDate } from './stamp.mjs';
import { writeVersion } from './version.mjs';

// A module that is imported lazily becomes a chunk of its own, so that the verbs without it do not run it.
const split = ['--format=esm', '--splitting'];

const flags = [
	...split,
	'--compile',
	'--bytecode',
	'--minify',
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
const verbs = ['run', 'create', 'start', 'state', 'kill', 'delete', 'exec', 'list'];
const lifecycles = { run: ['create', 'delete'], state: [], list: [] };
const hotCalls = verbs.map((verb) => [
	`cli/commands/${verb}.ts`,
	...(lifecycles[verb] ?? [verb]).map((name) => `lib/lifecycle/${name}.ts`),
]);

// What several verbs need is loaded by all of them, but for what makes a process, and what makes a container.
const loadedBy = (...names) => names.map((name) => indexOfVerb(name));

function indexOfVerb(name) {
	const index = verbs.indexOf(name);
	if (index < 0) throw new CommandFailed(`no hot call is ${name}`);
	return index;
}

const layers = [loadedBy(...verbs), loadedBy('run', 'create', 'exec'), loadedBy('run', 'create')];

// What checks a config, what plans and what reads texts of the kernel is asked for all it has to say.
const isPure = (path) => /^lib\/(?:plan|spec|host)\//.test(path);

// The first build lists a hundred chunks.
const quiet = ['inherit', 'ignore', 'inherit'];

/** cli/ and what it uses as one executable, dist/libexec/tsrun; dist/tsrun is the launcher in front of it. */
export function buildProgram({ force }) {
	writeVersion();
	const inputs = ['lib', 'cli', 'tsconfig.json', 'package-lock.json', 'scripts/build'];
	const outputs = ['dist/libexec/tsrun'];
	return unlessUpToDate({ name: 'program', inputs, outputs, force }, async () => {
		// The name becomes part of the program (the path of its entry in stack traces), so only the folder is another one.
		const fresh = inRoot('.cache/build/program/tsrun');
		const chunks = '.cache/build/chunks';
		rmSync(inRoot(chunks), { recursive: true, force: true });
		run(bunExecutable(), ['build', ...split, '--target=bun', 'cli/bin.ts', `--outdir=${chunks}`], { stdio: quiet });
		const joined = '.cache/build/joined';
		const merged = inRoot('.cache/build/merged');
		const { hot, layers: nested } = await mergeChunks(inRoot(chunks), merged, 'bin.js', hotCalls, layers);
		const { first, rest } = joinChunks(merged, 'bin.js', hot, nested);
		mkdirSync(inRoot(joined), { recursive: true });
		const own = ['array-methods', 'dispose'].map((name) => readFileSync(inRoot(`scripts/build/${name}.js`), 'utf8'));
		const plain = [...own, makePlain(makeEager(first, isPure))].join('\n');
		writeFileSync(inRoot(`${joined}/tsrun.js`), inlineFunctions(plain, inRoot(`${joined}/first`)));
		writeFileSync(inRoot(`${joined}/rest.js`), rest);
		run(bunExecutable(), ['build', ...flags, `${joined}/tsrun.js`, `--outfile=${fresh}`]);
		// What is written in one go the kernel keeps in larger pieces than what Bun has written.
		const inOneGo = `${fresh}.whole`;
		writeFileSync(inOneGo, alignSegments(readFileSync(fresh)), { mode: 0o755 });
		rmSync(fresh);
		mkdirSync(inRoot('dist/libexec'), { recursive: true });
		renameSync(inOneGo, inRoot('dist/libexec/tsrun'));
	});
}
