import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Runtime } from '../dist/lib/index.js';

const { bundle, stateRoot, containers, width, round } = JSON.parse(process.argv[2]);
const runtime = new Runtime({ root: stateRoot });

async function one(number) {
	const container = await runtime.run(`bench-parallel-${round}-${number}`, bundle, { stdio: 'ignore' });
	const { code } = await container.wait();
	await container.delete();
	if (code !== 0) throw new Error(`the container ended with ${code}`);
}

async function all(count) {
	let next = 0;
	const hand = async () => {
		while (next < count) await one(next++);
	};
	await Promise.all(Array.from({ length: width }, hand));
}

await all(width);
// It samples by a timer: what it tells of includes its own interval.
const resolution = 1;
const delay = monitorEventLoopDelay({ resolution });
delay.enable();
const start = performance.now();
await all(containers);
const seconds = (performance.now() - start) / 1000;
delay.disable();
const beyond = (nanoseconds) => Math.max(0, nanoseconds - resolution * 1e6);
process.send({
	seconds,
	delay: { p50: beyond(delay.percentile(50)), p99: beyond(delay.percentile(99)), longest: beyond(delay.max) },
});
