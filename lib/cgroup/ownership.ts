import { chownSync, statSync } from 'node:fs';
import { errnoOf, readTextFileIfThere, systemFailure } from '../os/index.js';

/** What config-linux.md, "Cgroup ownership", names for kernels that do not (before Linux 4.15). */
const delegatedByDefault = 'cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n';

/**
 * Makes a cgroup of the unified hierarchy a user's own, as far as is safe: the directory, to make cgroups in it, and the
 * files that move processes and controllers within it, but none that sets the limits of the cgroup itself (cgroups(7),
 * "Cgroups delegation"). Files that this cgroup does not have are passed over.
 *
 * @param uid as the runtime sees it
 * @throws TsrunError ERR_CGROUP
 */
export function giveCgroup(directory: string, uid: number): void {
	const files = readTextFileIfThere('/sys/kernel/cgroup/delegate', { maxBytes: 64 * 1024 }) ?? delegatedByDefault;
	for (const path of [
		directory,
		...files
			.trim()
			.split('\n')
			.map((file) => `${directory}/${file}`),
	]) {
		try {
			chownSync(path, uid, statSync(path).gid);
		} catch (cause) {
			if (path !== directory && errnoOf(cause) === 'ENOENT') continue;
			throw systemFailure(`cannot give ${path} to the user ${uid}`, cause, { path }, 'ERR_CGROUP');
		}
	}
}
