// A thousand created containers at once.
import { join } from 'node:path';
import { inWorker } from './worker.mjs';

const containers = 1000;

export const title = `${containers} created containers`;

/** @returns lines of Markdown */
export async function measure({ bundles, folder }) {
	const job = { bundle: bundles.sleep, stateRoot: join(folder, 'crowd'), containers };
	const { first, last, init, state, program, whole } = await inWorker('crowd-worker.mjs', job, ['--expose-gc']);
	const ratio = (last / first).toFixed(2);
	const kib = (bytes) => (bytes / 1024).toFixed(1);
	return [
		'| | |',
		'|---|---|',
		`| \`create\` in one Node process: the first 25, ms (median) | ${first.toFixed(2)} |`,
		`| the last 25, ms (median) | ${last.toFixed(2)} |`,
		`| last / first | ${ratio} |`,
		`| init of each, its share of what is resident, KiB | ${kib(init)} |`,
		`| its directory below the state root, KiB | ${kib(state)} |`,
		`| growth of the Node process that owns them, KiB each | ${kib(program)} |`,
		`| **together, without the kernel's share, KiB each** | ${kib(init + state + program)} |`,
		`| with the kernel's share (namespaces, mounts, cgroups, page tables), KiB each | ${kib(whole)} |`,
	];
}
