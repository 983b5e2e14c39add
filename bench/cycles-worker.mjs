import { readdirSync, readFileSync } from 'node:fs';
import { Runtime } from '../dist/lib/index.js';

const { bundle, stateRoot, cycles } = JSON.parse(process.argv[2]);
const runtime = new Runtime({ root: stateRoot });
/** Until then caches fill and the engine compiles what is hot. */
const warmUp = 2000;
const width = 4;

async function run(from, to) {
	let next = from;
	const hand = async () => {
		while (next < to) {
			const container = await runtime.run(`bench-cycle-${next++}`, bundle, { stdio: 'ignore' });
			await container.wait();
			await container.delete();
		}
	};
	await Promise.all(Array.from({ length: width }, hand));
}

function size() {
	gc();
	const { heapUsed, external, rss } = process.memoryUsage();
	const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim();
	return {
		heap: heapUsed,
		external,
		resident: rss,
		descriptors: readdirSync('/proc/self/fd').length,
		children: children === '' ? 0 : children.split(' ').length,
	};
}

await run(0, warmUp);
const before = size();
await run(warmUp, warmUp + cycles);
process.send({ before, after: size() });
