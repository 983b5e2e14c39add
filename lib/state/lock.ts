import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { TsrunError } from '../errors/index.js';
import { errnoOf, systemFailure } from '../os/index.js';

/** flock(2), as the native side offers it. */
export interface Flock {
	/** @returns false when somebody else holds the lock */
	flock(fd: number, exclusive: boolean): boolean;
	/** Waits off the event loop until the lock is had. */
	flockWait(fd: number, exclusive: boolean): Promise<void>;
}

export interface LockOptions {
	/** How long to wait for another holder. Default 60 seconds; 0: fail at once. */
	readonly timeoutMs?: number;
	readonly signal?: AbortSignal;
	/** For tests; the addon's by default. */
	readonly native?: Flock;
}

/**
 * Takes the exclusive lock on a file, which is made when it is missing. The kernel drops the lock with the process, so
 * that a killed holder blocks nobody.
 *
 * @returns releases the lock when it is disposed; later disposals do nothing
 * @throws TsrunError ERR_NOT_FOUND when the directory, or the file while we waited for it, was removed by a `delete`;
 *   ERR_TIMEOUT, ERR_ABORTED
 */
export async function lockFile(path: string, options: LockOptions = {}): Promise<AsyncDisposable> {
	const native = options.native ?? (await import('../native/index.js'));
	const fd = openLock(path);
	let closed = false;
	const release = (): void => {
		if (!closed) closeSync(fd);
		closed = true;
	};
	try {
		if (!native.flock(fd, true)) {
			const waiting = native.flockWait(fd, true);
			// The thread that waits owns the descriptor until it comes back, even when nobody listens any more.
			const abandoned = await outlasted(waiting, path, options);
			if (abandoned !== undefined) {
				closed = true;
				waiting.finally(() => closeSync(fd)).catch(() => undefined);
				throw abandoned;
			}
		}
		// A `delete` that held the lock has unlinked the file; this lock then guards nothing.
		if (fstatSync(fd).nlink === 0) throw gone(path);
	} catch (cause) {
		release();
		throw systemFailure('cannot lock the container', cause, { path });
	}
	return {
		async [Symbol.asyncDispose]() {
			release();
		},
	};
}

function openLock(path: string): number {
	const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
	try {
		return openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600);
	} catch (cause) {
		if (errnoOf(cause) === 'ENOENT') throw gone(path, cause);
		throw systemFailure('cannot lock the container', cause, { path });
	}
}

const gone = (path: string, cause?: unknown): TsrunError =>
	new TsrunError('ERR_NOT_FOUND', 'container does not exist', { path, cause });

/** Waits for `lock`; the reason when the limit or the signal comes first. */
async function outlasted(
	lock: Promise<void>,
	path: string,
	{ timeoutMs = 60_000, signal }: LockOptions,
): Promise<TsrunError | undefined> {
	let stop: () => void = () => undefined;
	const limit = new Promise<TsrunError>((resolve) => {
		const late = `another tsrun works on this container; it did not end within ${timeoutMs / 1000} seconds`;
		const timer = setTimeout(() => resolve(new TsrunError('ERR_TIMEOUT', late, { path })), timeoutMs);
		const onAbort = (): void =>
			resolve(new TsrunError('ERR_ABORTED', 'the wait for the container was aborted', { path, cause: signal?.reason }));
		if (signal?.aborted) onAbort();
		signal?.addEventListener('abort', onAbort, { once: true });
		stop = () => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', onAbort);
		};
	});
	try {
		return await Promise.race([lock.then(() => undefined), limit]);
	} finally {
		stop();
	}
}
