import { native } from './load.js';
import { OwnedFd } from './owned-fd.js';
import { fromSystemError } from './system-error.js';
import { readable, type WaitOptions } from './watch.js';

/**
 * Tries to lock the open file (flock(2)); closing it gives the lock back.
 * @returns false when somebody else holds it
 * @throws SystemError
 */
export function flock(fd: number, exclusive: boolean): boolean {
	return native().flock(fd, exclusive);
}

/**
 * Waits for the lock on a thread of its own.
 *
 * The descriptor may be closed during the wait. After a rejection it should be: the kernel may have granted the lock at the
 * very moment the wait was given up, and only closing the file gives it back for certain.
 * @throws TsrunError ERR_ABORTED, ERR_TIMEOUT or ERR_SYSTEM
 */
export async function flockWait(fd: number, exclusive: boolean, options: WaitOptions = {}): Promise<void> {
	let errno: number;
	try {
		using answer = new OwnedFd(native().flockWait(fd, exclusive));
		await readable(answer.number, options);
		errno = native().receive(answer.number, 4)?.data.readInt32LE() ?? 0;
	} catch (error) {
		throw fromSystemError(error, 'lock a file');
	}
	if (errno !== 0) throw fromSystemError(Object.assign(new Error('flock'), { errno, syscall: 'flock' }), 'lock a file');
}
