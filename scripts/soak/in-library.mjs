import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const worker = fileURLToPath(new URL('library-worker.mjs', import.meta.url));

/**
 * Has a Node program of its own make, run and delete so many containers, one after the other.
 *
 * @returns nanoseconds of each cycle, and of a control after each; what the program held `before` (after the first tenth, when caches are full) and `after`
 */
export async function runInLibrary(job) {
	const child = fork(worker, [JSON.stringify(job)], { execArgv: ['--expose-gc'], serialization: 'advanced' });
	let figures;
	child.on('message', (message) => {
		figures = message;
	});
	const [status] = await once(child, 'exit');
	if (status !== 0 || figures === undefined) throw new Error(`the program that uses the library ended with ${status}`);
	return figures;
}
