import { fork } from 'node:child_process';
import { once } from 'node:events';
import { inRoot } from '../scripts/build/paths.mjs';

const limitMs = 180_000;

/**
 * Runs a file of this folder in a Node process of its own.
 *
 * @returns the one message that it sends
 */
export async function inWorker(file, job, execArgv = []) {
	const worker = fork(inRoot('bench', file), [JSON.stringify(job)], {
		execArgv,
		timeout: limitMs,
		killSignal: 'SIGKILL',
	});
	let answer;
	worker.on('message', (message) => {
		answer = message;
	});
	const [status, signal] = await once(worker, 'exit');
	if (answer === undefined || status !== 0) throw new Error(`${file} ended with ${signal ?? status}`);
	return answer;
}
