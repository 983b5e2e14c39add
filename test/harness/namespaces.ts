import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync, writeFileSync } from 'node:fs';
import { token } from './scratch.js';

/** Types of the runtime-spec and their names below /proc/PID/ns. */
export const namespaceFiles = {
	cgroup: 'cgroup',
	ipc: 'ipc',
	mount: 'mnt',
	network: 'net',
	pid: 'pid',
	time: 'time',
	user: 'user',
	uts: 'uts',
} as const;

export type NamespaceType = keyof typeof namespaceFiles;

/** What {@link namespacesOf} answers: `uts:[4026531838]` and the like, by type. */
export type Namespaces = Record<NamespaceType, string>;

/** A shell script that prints the namespaces of its own process for {@link parseNamespaces}. */
export const printNamespaces = Object.entries(namespaceFiles)
	.map(([type, file]) => `echo ${type} $(readlink /proc/self/ns/${file})`)
	.join('; ');

export function parseNamespaces(output: string): Namespaces {
	return Object.fromEntries(output.split('\n').map((line) => line.split(' '))) as Namespaces;
}

export function namespacesOf(pid: number | 'self' = 'self'): Namespaces {
	return Object.fromEntries(
		Object.entries(namespaceFiles).map(([type, file]) => [type, readlinkSync(`/proc/${pid}/ns/${file}`)]),
	) as Namespaces;
}

/** Namespaces that exist for as long as this object does. */
export class HeldNamespaces implements AsyncDisposable {
	readonly #holder: ChildProcess;

	constructor(holder: ChildProcess) {
		this.#holder = holder;
	}

	/** Absolute path to join one of them by. */
	path(type: NamespaceType): string {
		// unshare(1) itself stays outside of a new pid or time namespace; its child is in it.
		const file = type === 'pid' || type === 'time' ? `${type}_for_children` : namespaceFiles[type];
		return `/proc/${this.#holder.pid}/ns/${file}`;
	}

	inode(type: NamespaceType): string {
		return readlinkSync(this.path(type));
	}

	/** Writes the same map for users and groups of a new user namespace. */
	mapIds(map: string): void {
		for (const file of ['uid_map', 'gid_map']) writeFileSync(`/proc/${this.#holder.pid}/${file}`, map);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		if (this.#holder.exitCode !== null || this.#holder.signalCode !== null) return;
		const ended = once(this.#holder, 'exit');
		this.#holder.kill('SIGKILL');
		await ended;
	}
}

/**
 * Makes namespaces by unshare(1).
 *
 * @param options of unshare, such as `--uts` or `--boottime=1000`
 * @param setUp shell commands that are run in them first
 */
export async function holdNamespaces(options: readonly string[], setUp = ':'): Promise<HeldNamespaces> {
	const script = `${setUp} && echo ready && exec sleep 600`;
	const holder = spawn('unshare', [...options, '--fork', '--kill-child', 'sh', '-c', script], {
		env: { PATH: process.env['PATH'] ?? '', TSRUN_TEST: token },
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const held = new HeldNamespaces(holder);
	const [first] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')]);
	if (String(first) !== 'ready\n') throw new Error(`unshare ${options.join(' ')} ended: ${first}`);
	return held;
}

/**
 * Words in front of a command: a user namespace, whose limits are its own, so that the machine's stay as they are.
 *
 * @param setting shell script that is run in it first
 */
export function inUserNamespace(setting: string): string[] {
	return ['unshare', '--user', '--map-root-user', 'sh', '-c', `${setting}; exec "$@"`, 'sh'];
}
