import { spawnSync } from 'node:child_process';
import { hostTmpfs } from './host-mounts.js';
import { type Requirement, root } from './requirement.js';
import { scratch } from './scratch.js';
import { staticProgram } from './static-program.js';

/**
 * Whether the kernel maps the ids of a bind mount of this directory.
 *
 * @throws Error where it cannot be asked
 */
export function mapsIds(directory: string): boolean {
	const { status, error } = spawnSync(staticProgram('maps_ids') ?? 'maps_ids', [directory], { stdio: 'ignore' });
	if (error !== undefined) throw error;
	if (status !== 0 && status !== 1) throw new Error(`maps_ids ${directory}: status ${status}`);
	return status === 0;
}

const canAsk = () => root.met() && staticProgram('maps_ids') !== undefined;

export const idMappedScratch: Requirement = {
	what: 'a file system that maps ids under the temporary directory, and a C compiler to find out',
	met: () => canAsk() && mapsIds(scratch('probe')),
};

export const idMappedTmpfs: Requirement = {
	what: 'a tmpfs that maps ids (Linux 6.3), and a C compiler to find out',
	met: () => {
		if (!canAsk()) return false;
		using mount = hostTmpfs();
		return mapsIds(mount.path);
	},
};
