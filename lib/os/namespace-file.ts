import { constants, openSync } from '../native/files.js';
import { OwnedFd } from '../native/index.js';

/**
 * Opens what should be a namespace. Whether it is one, and of which type, is the kernel's answer to setns(2).
 *
 * O_NONBLOCK, because a fifo of that name would hold us until somebody writes to it, deaf to signals; O_NOCTTY, because a
 * terminal would become ours.
 *
 * @throws Error as open(2) fails
 */
export function openNamespaceFile(path: string): OwnedFd {
	return new OwnedFd(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY));
}
