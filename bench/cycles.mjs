// Whether a program that has run thousands of containers is larger for it.
import { join } from 'node:path';
import { inWorker } from './worker.mjs';

const cycles = 2000;

export const title = `${cycles} cycles in the library`;

/** @returns lines of Markdown */
export async function measure({ bundles, folder }) {
	const job = { bundle: bundles.true, stateRoot: join(folder, 'cycles'), cycles };
	const { before, after } = await inWorker('cycles-worker.mjs', job, ['--expose-gc']);
	const kib = (bytes) => (bytes / 1024).toFixed(0);
	const row = (name, of, text = String) => `| ${name} | ${text(of(before))} | ${text(of(after))} |`;
	return [
		'| | after the warm-up | after them |',
		'|---|---|---|',
		row('heap in use, KiB', ({ heap }) => heap, kib),
		row('memory outside of the heap, KiB', ({ external }) => external, kib),
		row('resident, KiB', ({ resident }) => resident, kib),
		row('open descriptors', ({ descriptors }) => descriptors),
		row('children', ({ children }) => children),
	];
}
