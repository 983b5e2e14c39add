// One of the Node programs that take turns: each message is the id of a container to run, each answer how long it took.
import { spawn } from 'node:child_process';

const { bundle, stateRoot, command, floor, atOnce } = JSON.parse(process.argv[2]);
const way = stateRoot === undefined ? runSpawned : await inProcess();

process.on('message', async (id) => {
	try {
		// What it has just done is in the caches of the processor.
		if (atOnce) await way(`${id}-before`);
		const start = process.hrtime.bigint();
		await way(id);
		process.send({ nanoseconds: Number(process.hrtime.bigint() - start) });
	} catch (error) {
		process.send({ failure: String(error) });
	}
});

async function inProcess() {
	const { Runtime } = await import('../dist/lib/index.js');
	const runtime = new Runtime({ root: stateRoot });
	return async (id) => {
		// Node 20 has no `await using`.
		const container = await runtime.run(id, bundle, { stdio: 'ignore' });
		const { code } = await container.wait();
		await container.delete();
		if (code !== 0) throw new Error(`the container ended with ${code}`);
	};
}

function runSpawned(id) {
	const [program, ...words] = command ?? [floor.program, floor.rootfs, `/sys/fs/cgroup/${id}`, '/bin/true'];
	if (command !== undefined) words.push('run', '--bundle', bundle, id);
	return new Promise((resolve, reject) => {
		const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'inherit'] });
		child.on('error', reject);
		child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`))));
	});
}
