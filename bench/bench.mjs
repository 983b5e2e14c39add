// `npm run bench [-- --runs N] [--view machine|cgroup2] [--only WORD]`: tsrun beside the runtimes in PATH and the kernel's floor.
// Ratios of medians of runs in turn, each round in another order; a figure says something only beside the others of the same run.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inRoot } from '../scripts/build/paths.mjs';
import { viewsHere } from '../scripts/test/views.mjs';
import * as crowd from './crowd.mjs';
import * as cycles from './cycles.mjs';
import { timeFromNode } from './from-node.mjs';
import * as initMemory from './init-memory.mjs';
import { installed } from './installed.mjs';
import * as memoryLimit from './memory-limit.mjs';
import { timeOnceMore } from './once-more.mjs';
import * as parallel from './parallel.mjs';
import { largeProfile } from './profile.mjs';
import { scenarios } from './scenarios.mjs';
import { milliseconds } from './statistics.mjs';
import { emptyProgram, makeBundle, onceMoreProgram, tool } from './tools.mjs';
import { timeCommands } from './whole-commands.mjs';

const { values: options } = parseArgs({
	options: {
		runs: { type: 'string', default: '50' },
		view: { type: 'string', default: 'cgroup2' },
		only: { type: 'string' },
		write: { type: 'boolean', default: false },
	},
});
if (process.getuid() !== 0) fail('needs root');
enterView();
const fromNode = 'run /bin/true from Node';
const runs = Number(options.runs);
const folder = mkdtempSync(join(tmpdir(), 'tsrun-bench-'));
const lines = [];
try {
	await measure();
} finally {
	rmSync(folder, { recursive: true, force: true });
}
if (options.write) writeFileSync(inRoot('bench/RESULTS.md'), `${lines.join('\n')}\n`);

async function measure() {
	const tsrun = installed('tsrun', inRoot('dist/tsrun'), ['tsrun.node', 'libexec/tsrun']);
	const runtimes = [
		{ name: 'tsrun', program: tsrun, globals: ['--root', join(folder, 'tsrun')] },
		...['crun', 'runc'].flatMap((name) => peer(name)),
	];
	const bundles = {
		true: makeBundle(tsrun, folder, 'true', (config) => {
			config.process.args = ['/bin/true'];
		}),
		sleep: makeBundle(tsrun, folder, 'sleep', (config) => {
			config.process.args = ['/bin/sleep', '1000'];
		}),
		seccomp: makeBundle(tsrun, folder, 'seccomp', (config) => {
			config.process.args = ['/bin/true'];
			config.linux.seccomp = largeProfile();
		}),
		limited: makeBundle(tsrun, folder, 'limited', (config) => {
			config.process.args = ['/bin/true'];
		}),
	};
	say(`# Benchmark\n`);
	say(
		`Linux ${release()}, ${availableParallelism()} CPUs, ${cgroupView()}; ${runs} runs each: the runtimes in turn, each round in another order, after them the floors.`,
	);
	say(
		`Milliseconds: median (quartiles). Ratios are of medians. All programs were copied right before, as by an installation.\n`,
	);
	for (const runtime of runtimes) say(`- ${runtime.name}: ${version(runtime.program)}`);
	for (const scenario of scenarios(bundles, folder)) {
		if (!isWanted(scenario.title)) continue;
		const summaries = timeCommands(runs, runtimes, scenario);
		// In rounds of their own: another program of 110 MB between two runs takes tsrun's out of the processor's caches.
		if (scenario.floor)
			for (const [name, summary] of timeCommands(runs, floors(), scenario)) summaries.set(name, summary);
		if (scenario.onceMore) summaries.set('tsrun once more in one process', onceMore(scenario, runtimes[0]));
		report(scenario.title, summaries);
	}
	if (isWanted(fromNode)) {
		const places = { stateRoot: join(folder, 'node'), rootfs: join(folder, 'rootfs') };
		report(fromNode, await timeFromNode(runs, runtimes, bundles.true, places), 'in-process');
	}
	for (const part of [parallel, initMemory, memoryLimit, crowd, cycles]) {
		if (!isWanted(part.title)) continue;
		say(`\n## ${part.title}\n`);
		for (const line of await part.measure({ runtimes, bundles, folder })) say(line);
	}
}

function isWanted(title) {
	return options.only === undefined || title.includes(options.only);
}

/** What cannot be saved: the kernel's share of a container, the start of Bun, and both. */
function floors() {
	const kernel = [tool('floor'), join(folder, 'rootfs'), '/sys/fs/cgroup/tsrun-bench-floor', '/bin/true'];
	const bun = [installed('bun', emptyProgram())];
	return [
		{ name: 'floor of the kernel', floor: [kernel] },
		{ name: 'Bun that ends at once', floor: [bun] },
		{ name: 'both, one after the other', floor: [bun, kernel] },
	];
}

/** A call whose JavaScript has run before: what is left of it is the design's, and no cost of a start. */
function onceMore(scenario, runtime) {
	const again = { ...runtime, program: installed('once-more', onceMoreProgram(), ['tsrun.node', 'libexec/tsrun']) };
	try {
		scenario.prepare?.(runtime);
		return timeOnceMore(runs, scenario.commands(again).flat());
	} finally {
		scenario.finish?.(runtime);
	}
}

function report(title, summaries, subject = 'tsrun') {
	const own = summaries.get(subject).median;
	say(`\n## ${title}\n\n| | ms | ${subject} / it |\n|---|---|---|`);
	for (const [name, summary] of summaries) {
		say(`| ${name} | ${milliseconds(summary)} | ${(own / summary.median).toFixed(2)} |`);
	}
}

function peer(name) {
	const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
	if (found === '') {
		say(`(${name} is not installed and is not compared)`);
		return [];
	}
	return [{ name, program: installed(name, found), globals: ['--root', join(folder, name)] }];
}

function version(program) {
	return execFileSync(program, ['--version'], { encoding: 'utf8' }).split('\n')[0];
}

function cgroupView() {
	const type = execFileSync('stat', ['-f', '-c', '%T', '/sys/fs/cgroup'], { encoding: 'utf8' }).trim();
	return type === 'cgroup2fs' ? 'cgroup2 alone' : 'cgroup v1 or hybrid';
}

function enterView() {
	const view = viewsHere().find(({ name }) => name === options.view);
	if (view === undefined || process.env['TSRUN_BENCH_VIEW'] === options.view) return;
	const [command, ...words] = [...view.prefix, process.execPath, ...process.argv.slice(1)];
	const env = { ...process.env, TSRUN_BENCH_VIEW: options.view };
	process.exit(spawnSync(command, words, { stdio: 'inherit', env }).status ?? 1);
}

function say(line) {
	lines.push(line);
	console.log(line);
}

function fail(reason) {
	console.error(`bench: ${reason}`);
	process.exit(1);
}
