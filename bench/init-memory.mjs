// What a container costs in memory while it waits for `start`.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export const title = 'memory of a created init';

/** @returns lines of Markdown */
export function measure({ runtimes, bundles }) {
	const rows = runtimes.map(({ name, program, globals }) => {
		const id = `bench-memory-${name}`;
		execFileSync(program, [...globals, 'create', '--bundle', bundles.sleep, id], { stdio: 'ignore' });
		try {
			const { pid } = JSON.parse(execFileSync(program, [...globals, 'state', id], { encoding: 'utf8' }));
			return [name, memoryOf(pid)];
		} finally {
			execFileSync(program, [...globals, 'delete', '--force', id], { stdio: 'ignore' });
		}
	});
	return [
		'| | resident, KiB | its own alone, KiB |',
		'|---|---|---|',
		...rows.map(([name, { Rss, own }]) => `| ${name} | ${Rss} | ${own} |`),
	];
}

/** KiB by /proc/PID/smaps_rollup. */
export function memoryOf(pid) {
	const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
	const value = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]);
	return { Rss: value('Rss'), Pss: value('Pss'), own: value('Private_Clean') + value('Private_Dirty') };
}
