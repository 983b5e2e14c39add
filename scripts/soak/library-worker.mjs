import { readdirSync, readFileSync } from 'node:fs';
import { Runtime } from '../../dist/lib/index.js';
import { controlTime } from './control.mjs';

const { word, stateRoot, bundle, cycles } = JSON.parse(process.argv[2]);
const runtime = new Runtime({ root: stateRoot });
const times = new Float64Array(cycles);
const controls = new Float64Array(cycles);
let before;

for (let cycle = 0; cycle < cycles; cycle++) {
	// Until then caches fill, and the engine compiles what is hot.
	if (cycle === Math.floor(cycles / 10)) before = size();
	const start = process.hrtime.bigint();
	const container = await runtime.create(`${word}-${cycle}`, bundle, { stdio: 'ignore' });
	await container.start();
	const { code } = await container.wait();
	await container.delete();
	times[cycle] = Number(process.hrtime.bigint() - start);
	controls[cycle] = controlTime();
	if (code !== 0) throw new Error(`the program of cycle ${cycle} ended with ${code}`);
}
process.send({ times, controls, before, after: size() });
process.disconnect();

function size() {
	gc();
	const { heapUsed, rss } = process.memoryUsage();
	const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
	return {
		heap: heapUsed,
		resident: rss,
		descriptors: readdirSync('/proc/self/fd').length,
		children: children === '' ? 0 : children.split(' ').length,
	};
}
