import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Runtime } from '../dist/lib/index.js';
import { memoryOf } from './init-memory.mjs';
import { summarise } from './statistics.mjs';

const { bundle, stateRoot, containers } = JSON.parse(process.argv[2]);
const runtime = new Runtime({ root: stateRoot });
const warmUp = 5;
const few = 25;
const idOf = (number) => `bench-crowd-${number}`;
const create = (number) => runtime.create(idOf(number), bundle, { stdio: 'ignore' });

const available = () => Number(/^MemAvailable:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024;
const resident = () => {
	gc();
	return process.memoryUsage().rss;
};
const sizeOf = (directory) =>
	readdirSync(directory).reduce((sum, name) => sum + Number(statSync(join(directory, name)).blocks) * 512, 0);

for (let number = 0; number < warmUp; number++) await (await create(`warm-${number}`)).delete();

const before = { available: available(), resident: resident() };
const made = [];
const times = [];
try {
	for (let number = 0; number < containers; number++) {
		const start = performance.now();
		made.push(await create(number));
		times.push(performance.now() - start);
	}
	const sample = made.filter((_, number) => number % 20 === 0);
	const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
	const init = mean(sample.map(({ pid }) => memoryOf(pid).Pss * 1024));
	const state = mean(sample.map(({ id }) => sizeOf(join(stateRoot, id))));
	const program = (resident() - before.resident) / containers;
	const whole = (before.available - available()) / containers;
	const first = summarise(times.slice(0, few)).median;
	const last = summarise(times.slice(-few)).median;
	process.send({ first, last, init, state, program, whole });
} finally {
	// Network namespaces end one after the other in the kernel, and who waits for one waits for those before it.
	for (let next = 0; next < made.length; next += 16) {
		await Promise.all(made.slice(next, next + 16).map((container) => container.delete()));
	}
}
