// `npm run bench:growth [-- --runs N] [--write]`: how the time of a call grows with what it is about. --write: docs/growth.svg.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inRoot } from '../scripts/build/paths.mjs';
import { growingConfigs } from './growth-configs.mjs';
import { growthPlot } from './growth-plot.mjs';
import { installed } from './installed.mjs';
import { summarise } from './statistics.mjs';
import { makeBundle } from './tools.mjs';
import { timeCommands } from './whole-commands.mjs';

const { values: options } = parseArgs({
	options: {
		runs: { type: 'string', default: '10' },
		only: { type: 'string' },
		write: { type: 'boolean', default: false },
	},
});
const runs = Number(options.runs);
const folder = mkdtempSync(join(tmpdir(), 'tsrun-growth-'));
const program = installed('tsrun', inRoot('dist/tsrun'), ['tsrun.node', 'libexec/tsrun']);
const range = (count) => Array.from({ length: count }, (_, number) => number);

const series = [];
try {
	const base = bundle('base', () => {});
	for (const { name, sizes, edit } of growingConfigs) {
		if (!isWanted(name)) continue;
		const bundles = sizes.map((size) => ({ size, path: bundle(`${name}-${size}`, (config) => edit(config, size)) }));
		series.push(seriesOf(`run, ${name}`, bundles, ({ path }) => time(runOf(path, 'state'))));
		if (name !== 'seccomp rules') continue;
		series.push(seriesOf(`run, ${name} seen first`, bundles, ({ path }) => timeFirst(path)));
	}
	if (isWanted('containers')) series.push(...inFullRoot(base));
} finally {
	rmSync(folder, { recursive: true, force: true });
}
print();
if (options.write) writeFileSync(inRoot('docs/growth.svg'), growthPlot(series));

function isWanted(name) {
	return options.only === undefined || name.includes(options.only);
}

function seriesOf(name, cases, measure) {
	return { name, points: cases.map((one) => ({ size: one.size, ...measure(one) })) };
}

function bundle(name, edit) {
	return makeBundle(program, folder, name, (config) => {
		config.process.args = ['/bin/true'];
		edit(config);
	});
}

function rootArguments(name) {
	return [program, '--root', join(folder, name)];
}

function runOf(path, root) {
	return [[...rootArguments(root), 'run', '--bundle', path, 'growth']];
}

function time(commands) {
	const summaries = timeCommands(runs, [{ name: 'it' }], { commands: () => commands });
	const { median, low, high } = summaries.get('it');
	return { median, low, high };
}

/** Of a `run` whose profile is in no cache. */
function timeFirst(path) {
	const values = range(runs).map((number) => {
		const [words] = runOf(path, `fresh-${number}`);
		const start = process.hrtime.bigint();
		call(words);
		return Number(process.hrtime.bigint() - start);
	});
	return summarise(values);
}

function call([command, ...words]) {
	const { status } = spawnSync(command, words, { stdio: 'ignore' });
	if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}`);
}

/** `list` and `create` beside containers that have stopped: their records are copies of one. */
function inFullRoot(base) {
	const [root, sizes] = ['full', [10, 1000, 10_000]];
	const [list, create] = [[], []];
	const path = join(folder, root);
	const kept = [...rootArguments(root), 'run', '--keep', '--bundle', base, 'original'];
	call(kept);
	const files = ['state.json', 'config.json'].map((name) => [name, readFileSync(join(path, 'original', name), 'utf8')]);
	let made = 1;
	for (const size of sizes) {
		for (; made < size; made++) {
			const id = `stopped-${made}`;
			mkdirSync(join(path, id), { mode: 0o711 });
			for (const [name, text] of files)
				writeFileSync(join(path, id, name), text.replaceAll('"original"', JSON.stringify(id)));
		}
		list.push({ size, ...time([[...rootArguments(root), 'list']]) });
		const id = 'growth';
		create.push({
			size,
			...time([
				[...rootArguments(root), 'create', '--bundle', base, id],
				[...rootArguments(root), 'delete', '--force', id],
			]),
		});
	}
	call([...rootArguments(root), 'delete', 'original']);
	return [
		{ name: 'list, containers', points: list },
		{ name: 'create and delete, containers', points: create },
	];
}

function print() {
	console.log('| what grows | how many | ms: median (quartiles) | µs for each more |\n|---|---|---|---|');
	const ms = (ns) => (ns / 1e6).toFixed(2);
	for (const { name, points } of series) {
		for (const [index, { size, median, low, high }] of points.entries()) {
			const before = points[index - 1];
			const each = before === undefined ? '' : ((median - before.median) / 1000 / (size - before.size)).toFixed(1);
			console.log(`| ${name} | ${size} | ${ms(median)} (${ms(low)}-${ms(high)}) | ${each} |`);
		}
	}
}
