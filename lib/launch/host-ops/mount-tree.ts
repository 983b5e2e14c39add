import { native } from '../../native/index.js';
import { errnoOf, systemFailure } from '../../os/index.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';
import { mapIds } from './map-ids.js';

// linux/mount.h, linux/fcntl.h
const openTreeClone = 0x1;
const openTreeCloexec = 0x80000;
const atRecursive = 0x8000;
const atSymlinkNoFollow = 0x100;

/** A detached clone of a mount, as it is in the runtime's own namespace; with its ids mapped where that is asked for. */
export function openMountTree(launch: Launch, args: HostOperations['open_tree']): void {
	const { slot, source, recursive, follow, idmap } = args;
	const how = (recursive ? atRecursive : 0) | (follow ? 0 : atSymlinkNoFollow);
	let tree: number;
	try {
		tree = native().openTree(source, openTreeClone | openTreeCloexec | how);
	} catch (cause) {
		// Root of a user namespace that is still in the mount namespace of another one: only init, in a new one, may clone.
		if (idmap === null && errnoOf(cause) === 'EPERM') {
			launch.descriptors.leaveToInit(slot);
			return;
		}
		throw systemFailure(`cannot open the mount of ${source}`, cause, { path: source }, 'ERR_STEP_FAILED');
	}
	launch.descriptors.add(slot, tree);
	if (idmap !== null) mapIds(tree, idmap, source);
}
