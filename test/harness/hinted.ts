import type { SpawnSyncReturns } from 'node:child_process';
import type { TsrunError } from '../../lib/index.js';
import { bundle } from './bundle.js';
import type { Config } from './config.js';
import { failureOf } from './failure.js';
import { newRuntime, type RunOptions } from './inside.js';
import { containerId } from './scratch.js';

/** What makes a container fail: edits of its config, and of its root file system. */
export interface Failing {
	readonly edit?: (config: Config) => void;
	readonly change?: (rootfs: string) => void;
	readonly options?: RunOptions;
}

/** The error with which a container fails to be made or started. */
export async function failing({ edit, change, options = {} }: Failing): Promise<TsrunError> {
	const { path, rootfs } = bundle(edit);
	change?.(rootfs);
	return failureOf(newRuntime().run(options.id ?? containerId(), path, { stdio: 'ignore', ...options }));
}

/** The words that a program under `--log-format json` has its hint in, on the last line of its standard error. */
export function hintOf({ stderr, status }: Pick<SpawnSyncReturns<string>, 'stderr' | 'status'>): string {
	if (status === 0) throw new Error('what should have failed has succeeded');
	const line = stderr.trimEnd().split('\n').at(-1) ?? '';
	if (!line.startsWith('{')) throw new Error(`no JSON: ${stderr}`);
	return String((JSON.parse(line) as { hint?: string }).hint);
}

/** Adds a user namespace with a range of ids that this machine's root lends. */
export function inUserNamespace(config: Config, first = 0): void {
	config.linux.namespaces.push({ type: 'user' });
	const map = [{ containerID: first, hostID: 100_000, size: 65_536 }];
	Object.assign(config.linux, { uidMappings: map, gidMappings: map });
}

/** Leaves out namespaces of some types. */
export function without(config: Config, ...types: readonly string[]): void {
	config.linux.namespaces = config.linux.namespaces.filter(({ type }) => !types.includes(type));
}
