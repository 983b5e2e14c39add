// What a Node program waits for: `runtime.run` in its own process against spawning a runtime's command.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { inRoot } from '../scripts/build/paths.mjs';
import { shuffler, summarise } from './statistics.mjs';
import { tool } from './tools.mjs';

const warmUp = 3;

/**
 * Each way has a Node process of its own, and they take turns. In one process each fork for a command would leave pages
 * behind that the next one to write to them has to copy: a program that runs its containers itself does not have that.
 *
 * @returns summary by name: `in-process`, one for each runtime that is spawned, and two floors
 */
export async function timeFromNode(runs, runtimes, bundle, { stateRoot, rootfs }) {
	const compared = [
		['in-process', { bundle, stateRoot }],
		...runtimes.map((one) => [`spawn ${one.name}`, { bundle, command: [one.program, ...one.globals] }]),
	];
	const floors = [
		['spawn the floor of the kernel', { floor: { program: tool('floor'), rootfs } }],
		['in-process, right after another', { bundle, stateRoot: `${stateRoot}-at-once`, atOnce: true }],
	];
	return new Map([...(await inTurns(runs, compared)), ...(await inTurns(runs, floors))]);
}

async function inTurns(runs, list) {
	const ways = list.map(([name, way]) => ({
		name,
		samples: [],
		worker: fork(inRoot('bench/from-node-worker.mjs'), [JSON.stringify(way)]),
	}));
	try {
		const shuffled = shuffler();
		for (let round = -warmUp; round < runs; round++) {
			for (const { name, samples, worker } of shuffled(ways)) {
				worker.send(`bench-node-${round + warmUp}`);
				const [{ nanoseconds, failure }] = await once(worker, 'message');
				if (failure !== undefined) throw new Error(`${name}: ${failure}`);
				if (round >= 0) samples.push(nanoseconds);
			}
		}
	} finally {
		for (const { worker } of ways) worker.disconnect();
	}
	return new Map(ways.map(({ name, samples }) => [name, summarise(samples)]));
}
