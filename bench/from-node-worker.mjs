// One of the Node programs that take turns: each message is the id of a container to run, each answer how long it took.
import { spawn } from 'node:child_process';

const { bundle, stateRoot, command } = JSON.parse(process.argv[2]);
const way = command === undefined ? await inProcess() : runSpawned;

process.on('message', async (id) => {
	try {
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
	const [program, ...globals] = command;
	return new Promise((resolve, reject) => {
		const child = spawn(program, [...globals, 'run', '--bundle', bundle, id], {
			stdio: ['ignore', 'ignore', 'inherit'],
		});
		child.on('error', reject);
		child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`))));
	});
}
