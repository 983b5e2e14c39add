/** What the tests in the guest have in common. They run by node:test: a transforming runner takes minutes where processors are emulated. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
	closeSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readFileSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const program = `${process.env['TSRUN_REPOSITORY']}/dist/tsrun`;
// Shares have no sockets and are slow; this is the guest's own disk.
const folder = mkdtempSync(join(homedir(), 'tsrun-vm-'));
let count = 0;

export interface Result {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs a program to its end; what it has left running may go on. */
export function run(command: string, args: readonly string[]): Result {
	const place = join(folder, `output-${++count}`);
	// Files, not pipes: a container that was started keeps a pipe open.
	const streams = [openSync(`${place}.out`, 'wx'), openSync(`${place}.err`, 'wx')] as const;
	const { status, error } = spawnSync(command, args, { stdio: ['ignore', ...streams], timeout: 60_000 });
	for (const stream of streams) closeSync(stream);
	if (error !== undefined) throw error;
	return { status, stdout: readFileSync(`${place}.out`, 'utf8'), stderr: readFileSync(`${place}.err`, 'utf8') };
}

export function tsrun(...args: readonly string[]): Result {
	return run(program, args);
}

/** Runs `tsrun` and has to succeed; what it has printed, without the newline at the end. */
export function succeed(...args: readonly string[]): string {
	const result = tsrun(...args);
	assert.deepEqual({ args, status: result.status, stderr: result.stderr }, { args, status: 0, stderr: '' });
	return result.stdout.trimEnd();
}

/** Runs `tsrun`, which has to fail; what it says. */
export function refused(...args: readonly string[]): string {
	const { status, stderr, stdout } = tsrun(...args);
	assert.notEqual(status, 0, `${args.join(' ')} succeeded: ${stdout}`);
	return stderr;
}

/**
 * Reserves huge pages, and says how many there are. By a program of its own: the kernel stops half-way for a signal, and takes what the
 * io_uring of a loop of ours that was closed a moment ago has left to do for one (set_max_huge_pages in mm/hugetlb.c).
 */
export function reserveHugePages(count: number): number {
	run('sh', ['-c', `echo ${count} >/proc/sys/vm/nr_hugepages`]);
	return Number(readFileSync('/proc/sys/vm/nr_hugepages', 'utf8'));
}

export const mebibyte = 1_048_576;

/** Its own init goes on when it cannot make another process; a shell would end. */
export const forkBomb = '(f() { sleep 100 & f; }; f 2>/dev/null) & exec sleep 100';

/** A config.json under construction. */
export interface Config {
	process: { args: string[]; [name: string]: unknown };
	linux: { resources?: object; cgroupsPath?: string; [name: string]: unknown };
	annotations?: Record<string, string>;
	[name: string]: unknown;
}

/** A {@link bundle} with limits. */
export function limited(script: string, resources: object, cgroupsPath?: string): string {
	return bundle(script, (config) => {
		config.linux.resources = resources;
		if (cgroupsPath !== undefined) config.linux.cgroupsPath = cgroupsPath;
	});
}

let template: string | undefined;

/** A bundle on the guest's own disk that runs a shell script. */
export function bundle(script: string, edit: (config: Config) => void = () => {}): string {
	const path = join(folder, `bundle-${++count}`);
	const bin = join(path, 'rootfs/bin');
	mkdirSync(bin, { recursive: true });
	copyFileSync('/bin/busybox', join(bin, 'busybox'));
	for (const name of 'sh sleep cat dd tail grep yes mknod sync head true fallocate'.split(' ')) {
		symlinkSync('busybox', join(bin, name));
	}
	template ??= newTemplate();
	const config: Config = JSON.parse(template);
	config.process['terminal'] = false;
	config.process.args = ['sh', '-c', script];
	edit(config);
	writeFileSync(join(path, 'config.json'), JSON.stringify(config));
	return path;
}

function newTemplate(): string {
	const path = join(folder, 'template');
	mkdirSync(path);
	succeed('spec', '--bundle', path, ...(process.getuid?.() === 0 ? [] : ['--rootless']));
	return readFileSync(join(path, 'config.json'), 'utf8');
}

export function newId(): string {
	return `vm${process.pid}-${++count}`;
}

/**
 * The directory of the cgroup that a process is in: in the hierarchy of a v1 controller where one is named, else in the unified
 * one, and where there is none in that of systemd.
 */
export function cgroupOf(pid: number, controller?: string): string {
	const places = readFileSync(`/proc/${pid}/cgroup`, 'utf8')
		.trim()
		.split('\n')
		.map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
	for (const name of controller === undefined ? ['', 'name=systemd'] : [controller]) {
		const found = places.find((place) => name === place?.[1] || (name !== '' && place?.[1]?.split(',').includes(name)));
		if (found !== undefined && found !== null) return mountOf(name) + found[2];
	}
	throw new Error(`process ${pid} is in no cgroup of ${controller ?? 'any kind'}`);
}

// systemd has links to those that are mounted together.
function mountOf(name: string): string {
	if (name !== '') return `/sys/fs/cgroup/${name.replace(/^name=/, '')}`;
	return existsSync('/sys/fs/cgroup/unified') ? '/sys/fs/cgroup/unified' : '/sys/fs/cgroup';
}

export function pidOf(id: string): number {
	return JSON.parse(succeed('state', id)).pid;
}

/** A file of a cgroup without the newline at its end. */
export function value(directory: string, file: string): string {
	return readFileSync(`${directory}/${file}`, 'utf8').trim();
}

/** The number after a word in a file such as pids.events. */
export function counter(directory: string, file: string, key: string): number {
	return Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(value(directory, file))?.[1]);
}

/** Waits, for up to 30 s, until it is so. */
export async function until(what: string, is: () => boolean): Promise<void> {
	for (const end = Date.now() + 30_000; !is(); ) {
		if (Date.now() > end) throw new Error(`it did not happen that ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

/** Runs `body` with a container that was created from a bundle, and deletes it in any case. */
export async function withContainer(
	path: string,
	body: (id: string, cgroup: string) => Promise<void> | void,
	...globals: readonly string[]
): Promise<void> {
	const id = newId();
	succeed(...globals, 'create', '--bundle', path, id);
	try {
		await body(id, cgroupOf(pidOf(id)));
	} finally {
		tsrun('delete', '--force', id);
	}
}
