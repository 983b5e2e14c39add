import { text } from 'node:stream/consumers';
import { inRoot } from '../build/paths.mjs';

/**
 * Takes a container through its whole life with the library.
 *
 * @returns what its program wrote
 */
export async function runByLibrary(root, bundle, id) {
	const { Runtime } = await import(inRoot('dist/lib/index.js'));
	const runtime = new Runtime({ root });
	const container = await runtime.create(id, bundle, { stdio: 'pipe' });
	try {
		const output = text(container.stdout);
		await container.start();
		const exit = await container.wait();
		if (exit.code !== 0) throw new Error(`the container ended with ${JSON.stringify(exit)}`);
		return await output;
	} finally {
		await container.delete({ force: true });
	}
}
