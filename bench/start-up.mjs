// `npm run bench:startup [-- --json] [--only tsrun]`: what `run`, `exec` and `state` take of the kernel: system calls by group,
// page faults, and the modules that are evaluated. Counts, which are the same on a busy machine; milliseconds are in bench.mjs.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inRoot } from '../scripts/build/paths.mjs';
import { countByGroup, groupNames } from './call-groups.mjs';
import { makeBundle, tool } from './tools.mjs';

const { values: options } = parseArgs({
	options: { json: { type: 'boolean', default: false }, only: { type: 'string' } },
});
/** The least of so many: what threads of an engine do beside the work (collecting garbage, waiting) differs from run to run. */
const runs = 5;
const folder = mkdtempSync(join(tmpdir(), 'tsrun-start-up-'));
try {
	const counts = measure();
	console.log(options.json ? JSON.stringify(counts) : table(counts));
} finally {
	rmSync(folder, { recursive: true, force: true });
}

/** Numbers by runtime and verb. */
function measure() {
	const own = inRoot('dist/tsrun');
	const runtimes = [
		{ name: 'tsrun', command: [own, '--root', join(folder, 'tsrun')] },
		{
			name: 'tsrun under Node',
			command: [process.execPath, inRoot('dist/cli/bin.js'), '--root', join(folder, 'node')],
		},
		...['crun', 'runc'].map((name) => ({ name, command: [name, '--root', join(folder, name)] })),
	].filter(({ name, command }) => (options.only ?? name) === name && isThere(command[0]));
	const finishing = makeBundle(own, folder, 'true', (config) => {
		config.process.args = ['/bin/true'];
	});
	const staying = makeBundle(own, folder, 'sleep', (config) => {
		config.process.args = ['/bin/sleep', '1000'];
	});
	return Object.fromEntries(runtimes.map((runtime) => [runtime.name, countsOf(runtime, finishing, staying)]));
}

function countsOf({ name, command }, finishing, staying) {
	const id = `start-up-${name.replaceAll(' ', '-')}`;
	must([...command, 'run', '--detach', '--bundle', staying, `${id}-stays`]);
	try {
		const verbs = {
			run: [...command, 'run', '--bundle', finishing, id],
			exec: [...command, 'exec', `${id}-stays`, '/bin/true'],
			state: [...command, 'state', `${id}-stays`],
		};
		// What is compiled or found out once is there afterwards.
		for (const words of Object.values(verbs)) must(words);
		return Object.fromEntries(Object.entries(verbs).map(([verb, words]) => [verb, countsOfCommand(words)]));
	} finally {
		must([...command, 'delete', '--force', `${id}-stays`]);
	}
}

function countsOfCommand(words) {
	const rounds = Array.from({ length: runs }, () => ({ ...systemCalls(words), faults: pageFaults(words) }));
	const least = (name) => Math.min(...rounds.map((round) => round[name]));
	return Object.fromEntries(
		[...groupNames, 'faults'].map((name) => [name, least(name)]).concat([['scripts', scripts(words)]]),
	);
}

function systemCalls(words) {
	const file = join(folder, 'strace');
	must(['strace', '-f', '-c', '-o', file, ...words]);
	return countByGroup(readFileSync(file, 'utf8'));
}

/** Of the program and all that it waits for. */
function pageFaults(words) {
	const [faults, status] = execFileSync(tool('faults'), words, { encoding: 'utf8' }).trim().split(' ').map(Number);
	if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}`);
	return faults;
}

/** Files with JavaScript that are opened; under Node each is a module of its own that is evaluated. */
function scripts(words) {
	const file = join(folder, 'opened');
	must(['strace', '-f', '-e', 'trace=open,openat', '-o', file, ...words]);
	const opened = readFileSync(file, 'utf8').matchAll(/"([^"]+\.[cm]?js)"[^\n]* = \d+$/gm);
	return new Set([...opened].map(([, path]) => path)).size;
}

function must(words) {
	const { status, error } = spawnSync(words[0], words.slice(1), { stdio: 'ignore', timeout: 60_000 });
	if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status ?? error}`);
}

function isThere(program) {
	return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { stdio: 'ignore' }).status === 0;
}

function table(counts) {
	const columns = [...groupNames, 'faults', 'scripts'];
	const rows = Object.entries(counts).flatMap(([name, verbs]) =>
		Object.entries(verbs).map(([verb, numbers]) => {
			const all = groupNames.reduce((sum, group) => sum + numbers[group], 0);
			return `| ${name} | ${verb} | ${all} | ${columns.map((column) => numbers[column]).join(' | ')} |`;
		}),
	);
	const heads = ['', '', 'system calls', ...groupNames, 'page faults', 'scripts opened'];
	return [`| ${heads.join(' | ')} |`, `|${'---|'.repeat(heads.length)}`, ...rows].join('\n');
}
