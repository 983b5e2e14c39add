import { execFileSync } from 'node:child_process';
import type { Requirement } from './requirement.js';
import { scratch } from './scratch.js';

/** Whether ids of a bind mount of a directory can be mapped: asked with a namespace that mount(8) can make. */
function mapsIds(setUp: string): boolean {
	const target = scratch('probe');
	const script = `${setUp}\nmount --bind -o X-mount.idmap=b:0:100000:1 "$0" "$0"`;
	try {
		execFileSync('unshare', ['--mount', 'sh', '-euc', script, target], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}

export const idMappedScratch: Requirement = {
	what: 'a file system that maps ids under the temporary directory',
	met: () => mapsIds(':'),
};

export const idMappedTmpfs: Requirement = {
	what: 'a tmpfs that maps ids (Linux 6.3)',
	met: () => mapsIds('mount -t tmpfs tmpfs "$0"'),
};
