import { errnoOf } from '../os/index.js';
import type { HookArguments } from '../plan/step.js';
import { hookFailure, hookNotExecuted } from './hook-failure.js';
import { runProgram } from './run-program.js';

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
	const { state, environment, containerId, cwd, signal } = surroundings;
	const { status, output } = await runProgram({
		title: `${hook.kind} hook #${hook.index}`,
		path: hook.path,
		args: hook.args,
		environment: hook.env === null ? environment : environmentObject(hook.env),
		cwd,
		input: state,
		limitMs: hook.timeout,
		signal,
		notExecuted: (cause) => hookNotExecuted(hook, errnoOf(cause) ?? 'EIO', containerId, cause),
	});
	if (status !== 0) throw hookFailure(hook, status, output, containerId);
}

function environmentObject(entries: readonly string[]): Record<string, string> {
	return Object.fromEntries(
		entries.map((entry): [string, string] => {
			const end = entry.indexOf('=');
			return end === -1 ? [entry, ''] : [entry.slice(0, end), entry.slice(end + 1)];
		}),
	);
}
