// Many containers, some at a time: one Node process that makes them itself, against a shell that calls a runtime as often.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { summarise } from './statistics.mjs';
import { tool } from './tools.mjs';
import { inWorker } from './worker.mjs';

const containers = 200;
const width = 16;
const rounds = 3;

export const title = `${containers} containers, ${width} at a time, from Node`;

/** @returns lines of Markdown: containers a second, and how late the event loop of the Node process was meanwhile */
export async function measure({ runtimes, bundles, folder }) {
	const commands = new Map([
		...runtimes.map(({ name, program, globals }) => [
			`xargs ${name}`,
			[program, ...globals, 'run', '--bundle', bundles.true, `bench-parallel-${name}-{}`],
		]),
		// What any of them would take if nothing but the kernel had work to do.
		['xargs the floor', [tool('floor'), join(folder, 'rootfs'), '/sys/fs/cgroup/bench-parallel-{}', '/bin/true']],
	]);
	const rates = new Map(['in-process', ...commands.keys()].map((name) => [name, []]));
	const delays = { p50: [], p99: [], longest: [] };
	for (let round = 0; round < rounds; round++) {
		const job = { bundle: bundles.true, stateRoot: join(folder, 'parallel'), containers, width, round };
		const { seconds, delay } = await inWorker('parallel-worker.mjs', job);
		rates.get('in-process').push(containers / seconds);
		for (const [name, value] of Object.entries(delay)) delays[name].push(value);
		for (const [name, words] of commands) rates.get(name).push(shellLoop(name, words));
	}
	const medians = new Map([...rates].map(([name, values]) => [name, summarise(values).median]));
	const own = medians.get('in-process');
	const ms = (values) => (summarise(values).median / 1e6).toFixed(2);
	return [
		'| | containers/s | in-process / it |',
		'|---|---|---|',
		...[...medians].map(([name, rate]) => `| ${name} | ${rate.toFixed(1)} | ${(own / rate).toFixed(2)} |`),
		'',
		`Delay of the event loop of that Node process (medians of ${rounds} rounds): ${ms(delays.p50)} ms in the middle, ` +
			`p99 ${ms(delays.p99)} ms, longest ${ms(delays.longest)} ms.`,
	];
}

/** Containers a second of `xargs -P`. */
function shellLoop(name, words) {
	const numbers = Array.from({ length: containers }, (_, number) => number).join('\n');
	const start = process.hrtime.bigint();
	const { status, stderr } = spawnSync('xargs', ['-P', String(width), '-I', '{}', ...words], {
		input: numbers,
		stdio: ['pipe', 'ignore', 'pipe'],
		encoding: 'utf8',
	});
	const seconds = Number(process.hrtime.bigint() - start) / 1e9;
	if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
	return containers / seconds;
}
