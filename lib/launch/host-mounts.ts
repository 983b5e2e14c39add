import { native } from '../native/index.js';
import { errnoOf, parseMountInfo, readTextFile, systemFailure } from '../os/index.js';
import type { HostMounts } from './context.js';

const maxBytes = 64 * 1024 * 1024;

/** How many mounts lie on a directory, one on the other. */
export function mountsAt(path: string): number {
	const mounts = parseMountInfo(readTextFile('/proc/self/mountinfo', { maxBytes }));
	return mounts.filter(({ mountPoint }) => mountPoint === path).length;
}

/**
 * Takes away what a container without a mount namespace has mounted, the first of which lies on its root and has all
 * others below it. What was there before stays.
 *
 * @throws TsrunError ERR_SYSTEM
 */
export function removeHostMounts({ path, below }: HostMounts): void {
	try {
		while (mountsAt(path) > below) native().detachMount(path);
	} catch (cause) {
		// Whoever was faster, or the directory itself is gone, and with it what was on it.
		if (errnoOf(cause) === 'ENOENT') return;
		throw systemFailure(`cannot unmount ${path}`, cause, { path });
	}
}
