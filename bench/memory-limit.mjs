// The smallest linux.resources.memory.limit with which /bin/true still runs.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const title = 'smallest memory limit';

const pageKib = 4;
const largestKib = 32 * 1024;
/** One success may be luck: what the kernel can take back differs from run to run. */
const tries = 3;

/** @returns lines of Markdown */
export function measure({ runtimes, bundles }) {
	if (!hasMemoryController()) return ['This view has no memory controller (`--view machine` may have one).'];
	const file = join(bundles.limited, 'config.json');
	const config = JSON.parse(readFileSync(file, 'utf8'));
	const runs = (runtime, kib) => {
		config.linux.resources = { ...config.linux.resources, memory: { limit: kib * 1024 } };
		writeFileSync(file, JSON.stringify(config));
		return Array.from({ length: tries }).every(() => runsOnce(runtime, bundles.limited));
	};
	const rows = runtimes.map((runtime) => `| ${runtime.name} | ${smallest((kib) => runs(runtime, kib)) ?? 'none'} |`);
	return ['| | KiB |', '|---|---|', ...rows];
}

function runsOnce({ name, program, globals }, bundle) {
	const id = `bench-limit-${name}`;
	const { status } = spawnSync(program, [...globals, 'run', '--bundle', bundle, id], {
		stdio: 'ignore',
		timeout: 10_000,
	});
	if (status !== 0) spawnSync(program, [...globals, 'delete', '--force', id], { stdio: 'ignore' });
	return status === 0;
}

/** The least number of KiB for which `works` is true, a multiple of a page; undefined if there is none. */
function smallest(works) {
	let [low, high] = [0, largestKib];
	if (!works(high)) return undefined;
	while (high - low > pageKib) {
		const middle = low + Math.ceil((high - low) / (2 * pageKib)) * pageKib;
		if (works(middle)) high = middle;
		else low = middle;
	}
	return high;
}

function hasMemoryController() {
	if (existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes')) return true;
	const controllers = '/sys/fs/cgroup/cgroup.controllers';
	return existsSync(controllers) && readFileSync(controllers, 'utf8').split(/\s/).includes('memory');
}
