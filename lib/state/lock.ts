import { TsrunError } from '../errors/index.js';
import { closeSync, constants, fstatSync, openSync } from '../native/files.js';
import { flock, flockWait } from '../native/index.js';
import { errnoOf, systemFailure } from '../os/index.js';

export interface LockOptions {
	/** How long to wait for another holder. Default 60 seconds; 0: fail at once. */
	readonly timeoutMs?: number;
	readonly signal?: AbortSignal;
	/** Make the file where it is missing. Default `false`: who makes a container makes its lock. */
	readonly create?: boolean;
	/** For tests; the addon's by default. */
	readonly native?: Flock;
}

/** flock(2), as the native layer offers it. */
export interface Flock {
	/** @returns false when somebody else holds the lock */
	flock(fd: number, exclusive: boolean): boolean;
	/** Waits off the event loop; rejects with ERR_TIMEOUT or ERR_ABORTED. */
	flockWait(fd: number, exclusive: boolean, limits: { timeoutMs: number; signal?: AbortSignal }): Promise<void>;
}

/**
 * Takes the exclusive lock on a file. The kernel drops the lock with the process, so that a killed holder blocks nobody.
 *
 * @returns releases the lock when it is disposed; later disposals do nothing
 * @throws TsrunError ERR_NOT_FOUND when the file is missing, or was removed by a `delete` while we waited for it;
 *   ERR_TIMEOUT, ERR_ABORTED
 */
export async function lockFile(path: string, options: LockOptions = {}): Promise<AsyncDisposable> {
	const native = options.native ?? { flock, flockWait };
	const fd = openLock(path, options.create === true);
	try {
		if (!native.flock(fd, true)) await waitForLock(native, fd, path, options);
		// A `delete` that held the lock has unlinked the file; this lock then guards nothing.
		if (fstatSync(fd).nlink === 0) throw gone(path);
	} catch (cause) {
		closeSync(fd);
		throw systemFailure('cannot lock the container', cause, { path });
	}
	let held = true;
	return {
		async [Symbol.asyncDispose]() {
			if (held) closeSync(fd);
			held = false;
		},
	};
}

function openLock(path: string, create: boolean): number {
	const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
	try {
		return openSync(path, O_RDWR | O_NOFOLLOW | (create ? O_CREAT : 0), 0o600);
	} catch (cause) {
		if (errnoOf(cause) === 'ENOENT') throw gone(path, cause);
		throw systemFailure('cannot lock the container', cause, { path });
	}
}

function gone(path: string, cause?: unknown): TsrunError {
	return new TsrunError('ERR_NOT_FOUND', 'container does not exist', { path, cause });
}

async function waitForLock(
	native: Flock,
	fd: number,
	path: string,
	{ timeoutMs = 60_000, signal }: LockOptions,
): Promise<void> {
	const busy = 'another tsrun is working on this container';
	if (timeoutMs === 0) throw new TsrunError('ERR_TIMEOUT', busy, { path });
	try {
		await native.flockWait(fd, true, signal === undefined ? { timeoutMs } : { timeoutMs, signal });
	} catch (cause) {
		if (!(cause instanceof TsrunError) || cause.code !== 'ERR_TIMEOUT') throw cause;
		throw new TsrunError('ERR_TIMEOUT', `${busy}, and did not end within ${timeoutMs} ms`, { path, cause });
	}
}
