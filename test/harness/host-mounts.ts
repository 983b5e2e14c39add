import { execFileSync } from 'node:child_process';
import { scratch } from './scratch.js';

/** A directory of the host that something is mounted on, for as long as this object is in scope. */
export interface HostMount extends Disposable {
	readonly path: string;
}

/**
 * Mounts on a directory of the host.
 *
 * @param options of mount(8)
 * @param changes options of further calls of mount(8), such as `--make-shared`
 * @param path a new directory by default
 */
export function hostMount(
	options: readonly string[],
	changes: readonly string[] = [],
	path = scratch('mount'),
): HostMount {
	execFileSync('mount', [...options, path]);
	for (const change of changes) execFileSync('mount', [change, path]);
	return {
		path,
		[Symbol.dispose]() {
			execFileSync('umount', ['-R', path]);
		},
	};
}

/** A tmpfs of the host; see {@link hostMount}. */
export function hostTmpfs(changes: readonly string[] = [], path?: string): HostMount {
	return hostMount(['-t', 'tmpfs', 'tmpfs'], changes, path);
}
