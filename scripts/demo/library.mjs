import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import { inRoot } from '../build/paths.mjs';
import { lastFact } from './facts.mjs';

const { SIGKILL } = constants.signals;

/**
 * Takes a container through its whole life with the library: create, start, exec, kill, wait, delete.
 *
 * @returns what its program wrote, and what another program in it wrote
 */
export async function runByLibrary(root, bundle, id) {
	const { Runtime } = await import(inRoot('dist/lib/index.js'));
	const runtime = new Runtime({ root });
	const container = await runtime.create(id, bundle, { stdio: 'pipe' });
	try {
		await container.start();
		// Before it is killed: on a busy machine it takes longer to print than the others take to run.
		const lines = [];
		for await (const line of container.lines()) {
			lines.push(line);
			if (line.startsWith(lastFact)) break;
		}
		const other = await container.exec(['sh', '-c', 'echo "pid $$ in $(hostname)"'], { stdio: 'pipe' });
		const said = await text(other.stdout);
		const { code } = await other.wait();
		if (code !== 0) throw new Error(`the program started by exec ended with ${code}`);

		// It reads its standard input, and would do so for ever.
		await container.kill(SIGKILL);
		const exit = await container.wait();
		if (exit.signal !== SIGKILL) throw new Error(`the killed container ended with ${JSON.stringify(exit)}`);
		return { output: lines.join('\n'), said: said.trim(), exit };
	} finally {
		await container.delete({ force: true });
	}
}
