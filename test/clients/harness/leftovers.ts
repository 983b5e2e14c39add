import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { readable } from '../../harness/readable.js';

/**
 * Remembers what is on the stage, and returns a function that says what has come since: processes, mounts, cgroups and container
 * records. To be called after a first container, since engines make and keep folders and mounts of their own with it.
 *
 * @param records state roots of the runtime under the engine
 * @param patience milliseconds in which what is going away may go: engines clean up after they have answered
 */
export function watchStage(records: readonly string[], patience = 15_000): () => Promise<string[]> {
	const before = new Set(traces(records));
	return async () => {
		const deadline = Date.now() + patience;
		for (;;) {
			const left = traces(records).filter((trace) => !before.has(trace));
			if (left.length === 0 || Date.now() > deadline) return left.map(withProcesses);
			await delay(50);
		}
	};
}

/** {@link watchStage} before the first test of this block, and after what is made before it. */
export function watchStageOfTests(records: readonly string[]): () => Promise<string[]> {
	let leftovers: () => Promise<string[]>;
	beforeAll(() => {
		leftovers = watchStage(records);
	});
	return () => leftovers();
}

// Who is in a cgroup that is left says why it is.
function withProcesses(trace: string): string {
	if (!trace.startsWith('cgroup ')) return trace;
	const pids = readable(() => readFileSync(`${trace.slice('cgroup '.length)}/cgroup.procs`, 'utf8'));
	return `${trace}, ${pids === undefined ? 'gone by now' : `processes: ${pids.trim().split('\n').join(' ') || 'none'}`}`;
}

// The stage has namespaces of its own: everything seen in them is of these tests.
function traces(records: readonly string[]): string[] {
	return [
		...processes(),
		...mounts(),
		...cgroups(),
		...records.flatMap((root) =>
			(readable(() => readdirSync(root)) ?? []).filter(isRecord).map((id) => `record ${root}/${id}`),
		),
	];
}

// What begins with @ is no container's: caches.
const isRecord = (name: string) => !name.startsWith('@');

function processes(): string[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.flatMap((pid) => {
			const words = readable(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
			// A zombie has no command line, and is its parent's business.
			return words ? [`process ${pid} ${words.replaceAll('\0', ' ').trimEnd()}`] : [];
		});
}

function mounts(): string[] {
	const lines = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n');
	return lines.map((line) => `mount ${line.split(' ')[4]}`);
}

// Below the folders that engines have for all of their containers: the first container makes them, and whether the last one's
// runtime may remove them is a matter of who makes the next.
function cgroups(): string[] {
	const lines = readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n');
	const hierarchies = lines.filter((line) => / - cgroup2? /.test(line)).flatMap((line) => line.split(' ')[4] ?? []);
	return hierarchies
		.flatMap(folders)
		.flatMap(foldersBelow)
		.map((path) => `cgroup ${path}`);
}

function foldersBelow(folder: string): string[] {
	return folders(folder).flatMap((path) => [path, ...foldersBelow(path)]);
}

function folders(folder: string): string[] {
	const entries = readable(() => readdirSync(folder, { withFileTypes: true })) ?? [];
	return entries.filter((entry) => entry.isDirectory()).map((entry) => `${folder}/${entry.name}`);
}
