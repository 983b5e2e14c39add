// What a Node program waits for: `runtime.run` in its own process against spawning a runtime's command.
import { spawn } from 'node:child_process';
import { summarise } from './statistics.mjs';

/** @returns summary by name: `in-process`, and one for each runtime that is spawned */
export async function timeFromNode(runs, runtimes, bundle, stateRoot) {
	const { Runtime } = await import('../dist/lib/index.js');
	const runtime = new Runtime({ root: stateRoot });
	const ways = [
		['in-process', (id) => runInProcess(runtime, id, bundle)],
		...runtimes.map((one) => [
			`spawn ${one.name}`,
			(id) => runSpawned(one.program, [...one.globals, 'run', '--bundle', bundle, id]),
		]),
	];
	const samples = new Map(ways.map(([name]) => [name, []]));
	for (let round = -3; round < runs; round++) {
		for (const [name, way] of ways) {
			const start = process.hrtime.bigint();
			await way(`bench-node-${round + 3}`);
			if (round >= 0) samples.get(name).push(Number(process.hrtime.bigint() - start));
		}
	}
	return new Map([...samples].map(([name, list]) => [name, summarise(list)]));
}

async function runInProcess(runtime, id, bundle) {
	// Node 20 has no `await using`.
	const container = await runtime.run(id, bundle, { stdio: 'ignore' });
	const { code } = await container.wait();
	await container.delete();
	if (code !== 0) throw new Error(`the container ended with ${code}`);
}

function runSpawned(program, args) {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
		child.on('error', reject);
		child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`))));
	});
}
