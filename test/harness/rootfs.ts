import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

/**
 * Copies a root filesystem of Debian's static busybox to `target`, which must not exist. The original is made by scripts/rootfs.sh,
 * once per checkout, and kept in .cache.
 */
export function makeRootfs(target: string): void {
	const original = `${repository}/.cache/rootfs/busybox`;
	if (!existsSync(original)) {
		mkdirSync(`${repository}/.cache/rootfs`, { recursive: true });
		execFileSync('sh', [`${repository}/scripts/rootfs.sh`, original]);
	}
	execFileSync('cp', ['-a', '--reflink=auto', original, target]);
}
