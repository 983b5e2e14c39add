import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { readable } from './readable.js';
import { token } from './scratch.js';
import { recordedContainers } from './state-root.js';

/**
 * Remembers what the machine looks like, and returns a function that says what has been added since: mounts, cgroups, processes,
 * descriptors and container records. An empty list means nothing was left behind.
 *
 * @param patience milliseconds in which what is going away may go: a killed container is not taken down in an instant
 */
export function watchForLeaks(patience = 3_000): () => Promise<string[]> {
	const before = new Set(traces());
	return async () => {
		const deadline = Date.now() + patience;
		for (;;) {
			const left = traces().filter((trace) => !before.has(trace));
			if (left.length === 0 || Date.now() > deadline) return left;
			await delay(20);
		}
	};
}

function traces(): string[] {
	return [
		...mounts().map((line) => `mount ${line}`),
		...cgroups('/sys/fs/cgroup').map((path) => `cgroup ${path}`),
		...processes(),
		...descriptors().map((target) => `descriptor ${target}`),
		...recordedContainers().map((id) => `record ${id}`),
	];
}

// In a mount namespace of our own, which scripts/test.mjs makes, every new mount is ours; elsewhere only what bears the token.
function mounts(): string[] {
	const lines = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n');
	return process.env['TSRUN_TEST_VIEW'] === undefined ? lines.filter((line) => line.includes(token)) : lines;
}

function cgroups(folder: string): string[] {
	const found: string[] = [];
	for (const entry of readable(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
		if (!entry.isDirectory()) continue;
		const path = `${folder}/${entry.name}`;
		if (entry.name.includes(token)) found.push(path);
		found.push(...cgroups(path));
	}
	return found;
}

// A process bears the token in its command line, environment or cgroup, or has one of our directories mounted. Children of ours
// need not: they are all counted.
function processes(): string[] {
	const found: string[] = [];
	for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
		if (Number(pid) === process.pid) continue;
		const read = (file: string) => readable(() => readFileSync(`/proc/${pid}/${file}`, 'latin1')) ?? '';
		const stat = read('stat');
		const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		// A zombie that is not our child is its parent's business.
		if (state === undefined || (state === 'Z' && Number(parent) !== process.pid)) continue;
		const ours =
			Number(parent) === process.pid ||
			['cmdline', 'environ', 'cgroup', 'mountinfo'].some((file) => read(file).includes(token));
		if (ours) found.push(`process ${pid} ${read('cmdline').replaceAll('\0', ' ')}`.trimEnd());
	}
	return found;
}

// Only kinds of descriptors the runtime opens: Jest has files of its own open. The helper's image is kept for the next container.
function descriptors(): string[] {
	return readdirSync('/proc/self/fd').flatMap((fd) => {
		const target = readable(() => readlinkSync(`/proc/self/fd/${fd}`)) ?? '';
		return /pidfd|^\/dev\/pt|^\/proc\/|cgroup|memfd:(?!tsrun-init)|tsrun-test/.test(target) && !target.endsWith('/fd')
			? [`${fd} ${target}`]
			: [];
	});
}
