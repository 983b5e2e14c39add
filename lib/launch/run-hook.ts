import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { abortError } from '../errors/index.js';
import { errnoOf } from '../os/index.js';
import type { HookArguments } from '../plan/step.js';
import { hookFailure, hookNotExecuted } from './hook-failure.js';
import { disownChild, ownChild } from './own-children.js';

/** How much of a hook's output is kept for the message: its end, where the reason usually stands (CVE-2022-31030). */
const keptOutput = 4096;

/** How long after its end a hook's output may still arrive. */
const drainLimitMs = 200;

export interface HookSurroundings {
	/** What the hook reads on its standard input. */
	readonly state: string;
	/** What a hook without `env` inherits. */
	readonly environment: Readonly<Record<string, string>>;
	readonly containerId: string;
	readonly cwd?: string;
	readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a hook in the runtime's own namespaces (config.md, "POSIX-platform Hooks") and waits for its end.
 *
 * @throws TsrunError ERR_HOOK_FAILED when it cannot be started, ends with another status than 0, or runs out of time
 */
export async function runHook(hook: HookArguments, surroundings: HookSurroundings): Promise<void> {
	const { status, output } = await run(hook, surroundings);
	if (status !== 0) throw hookFailure(hook, status, output, surroundings.containerId);
}

interface HookEnd {
	/** Wait status as wait(2) packs it, or -ETIMEDOUT. */
	readonly status: number;
	readonly output: string;
}

function run(
	hook: HookArguments,
	{ environment, state, cwd, containerId, signal }: HookSurroundings,
): Promise<HookEnd> {
	const { args, env, path, timeout } = hook;
	const child = spawn(path, args.slice(1), {
		argv0: args[0] ?? path,
		env: env === null ? { ...environment } : environmentObject(env),
		stdio: ['pipe', 'pipe', 'pipe'],
		// Its own process group, so that what it started can be killed with it.
		detached: true,
		...(cwd === undefined ? {} : { cwd }),
	});
	const { pid } = child;
	if (pid !== undefined) ownChild(pid);
	return new Promise<HookEnd>((resolve, reject) => {
		let output = Buffer.alloc(0);
		let status = 0;
		let timedOut = false;
		const collect = (chunk: Buffer) => {
			output = Buffer.concat([output, chunk]).subarray(-keptOutput);
		};
		const kill = () => killGroup(pid);
		const expire = () => {
			timedOut = true;
			kill();
		};
		const timer = timeout === 0 ? undefined : setTimeout(expire, timeout);
		let drain: NodeJS.Timeout | undefined;
		signal?.addEventListener('abort', kill, { once: true });
		const settle = () => {
			clearTimeout(timer);
			clearTimeout(drain);
			if (pid !== undefined) disownChild(pid);
			signal?.removeEventListener('abort', kill);
		};
		child.stdout.on('data', collect);
		child.stderr.on('data', collect);
		// A hook need not read what it is told: EPIPE says nothing about its success.
		child.stdin.on('error', () => {});
		child.stdin.end(state);
		child.on('error', (cause) => {
			settle();
			reject(hookNotExecuted(hook, errnoOf(cause) ?? 'EIO', containerId, cause));
		});
		child.on('exit', (code, killer) => {
			status = code === null ? constants.signals[killer ?? 'SIGKILL'] : code << 8;
			// A process that the hook left behind may hold the pipes open for ever: what it prints is not waited for.
			drain = setTimeout(() => {
				child.stdout.destroy();
				child.stderr.destroy();
			}, drainLimitMs);
		});
		child.on('close', () => {
			settle();
			if (signal?.aborted) reject(abortError(signal, `${hook.kind} hook #${hook.index}`));
			else resolve({ status: timedOut ? -constants.errno.ETIMEDOUT : status, output: output.toString('utf8') });
		});
	});
}

function killGroup(pid: number | undefined): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, 'SIGKILL');
	} catch (error) {
		if (errnoOf(error) !== 'ESRCH') throw error;
	}
}

function environmentObject(entries: readonly string[]): Record<string, string> {
	return Object.fromEntries(
		entries.map((entry): [string, string] => {
			const end = entry.indexOf('=');
			return end === -1 ? [entry, ''] : [entry.slice(0, end), entry.slice(end + 1)];
		}),
	);
}
