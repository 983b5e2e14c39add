import { native, OwnedFd } from '../../native/index.js';
import { systemFailure } from '../../os/index.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';

// linux/mount.h, linux/fcntl.h
const openTreeClone = 0x1;
const openTreeCloexec = 0x80000;
const atRecursive = 0x8000;

/** A detached clone of a mount, as it is in the runtime's own namespace; with its ids mapped where that is asked for. */
export function openMountTree(launch: Launch, { slot, source, recursive, idmap }: HostOperations['open_tree']): void {
	try {
		const tree = native().openTree(source, openTreeClone | openTreeCloexec | (recursive ? atRecursive : 0));
		launch.descriptors.add(slot, tree);
		if (idmap === null) return;
		using namespace = new OwnedFd(native().userNamespace(idmap.uid, idmap.gid));
		native().mountIdmap(tree, namespace.number, idmap.recursive);
	} catch (cause) {
		throw systemFailure(`cannot open the mount of ${source}`, cause, { path: source }, 'ERR_STEP_FAILED');
	}
}
