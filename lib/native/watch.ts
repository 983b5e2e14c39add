import { abortError, TsrunError } from '../errors/index.js';
import { native } from './load.js';
import { Lookout } from './lookout.js';
import { fromSystemError, isSystemError } from './system-error.js';
import { inTurn } from './turn.js';

/** Bits of the events asked for and reported; a hang-up or an error is reported always. */
export const READABLE = 1;
export const WRITABLE = 2;
export const HANG_UP = 4;

/**
 * Calls back once when a descriptor is ready, and again after each arm(). While it is armed it keeps the event loop alive.
 * Close the watch before its descriptor.
 */
export class Watch implements Disposable {
	readonly #id: number;

	/** @throws SystemError: EPERM for files that are always ready, such as regular ones and /dev/null */
	constructor(fd: number, events: number, callback: (events: number) => void) {
		this.#id = native().watchAdd(fd, events, callback);
	}

	/** Waits for the next event. Nothing happens when it waits already. */
	arm(): void {
		native().watchArm(this.#id);
	}

	/** No call comes after this one. May be called again. */
	close(): void {
		native().watchRemove(this.#id);
	}

	ref(): void {
		native().watchReference(this.#id, true);
	}

	unref(): void {
		native().watchReference(this.#id, false);
	}

	[Symbol.dispose](): void {
		this.close();
	}
}

/**
 * Calls back once when a descriptor is ready; until then or {@link Watch.close} it keeps the event loop alive. Where epoll(7) takes no more
 * descriptors (ENOSPC: max_user_watches of all processes of a user; ENOMEM) it is looked at now and then: of many a wait here nobody
 * could make good that it fails, as of that for the child of a helper, which then nobody would reap.
 *
 * @throws SystemError: EPERM for files that are always ready; EBADF
 */
export function watchOnce(fd: number, events: number, callback: () => void): Pick<Watch, 'close' | 'ref' | 'unref'> {
	try {
		return new Watch(fd, events, callback);
	} catch (error) {
		if (isAlwaysReady(error) || (isSystemError(error) && error.code === 'EBADF')) throw error;
		return new Lookout(fd, events, callback);
	}
}

let patienceMs = 0;

/**
 * Lets waits block the whole process for so many milliseconds before they become events. For a program that has nothing
 * else to do meanwhile: between the start of a thread, its wake-ups and the turns of the event loop, a wait for an answer
 * that takes two milliseconds costs another one. A signal's handler may run that much later.
 */
export function blockBriefly(milliseconds: number): void {
	patienceMs = milliseconds;
}

/** Whether {@link blockBriefly} was asked for: whoever waits is then the first to look. */
export function blocksBriefly(): boolean {
	return patienceMs > 0;
}

/**
 * Waits in place where that is allowed. False: the wait goes on in the event loop.
 */
export function readyBriefly(fd: number, events: number): boolean {
	if (patienceMs <= 0) return false;
	try {
		return native().poll(fd, events, patienceMs);
	} catch {
		// There it is begun once more, and what is wrong with the descriptor is found.
		return false;
	}
}

export interface WaitOptions {
	readonly signal?: AbortSignal | undefined;
	readonly timeoutMs?: number | undefined;
	/** Whether the wait keeps the event loop alive; it does unless false is given. */
	readonly ref?: boolean | undefined;
}

/** Resolves when a read would not block: data, end of file, or an error to be read. */
export function readable(fd: number, options: WaitOptions = {}): Promise<void> {
	return ready(fd, READABLE, options);
}

/** Resolves when a write would not block: room, or nobody there who reads. */
export function writable(fd: number, options: WaitOptions = {}): Promise<void> {
	return ready(fd, WRITABLE, options);
}

/** Resolves when the process has ended. It is not reaped by this. */
export function exited(pidfd: number, options: WaitOptions = {}): Promise<void> {
	return ready(pidfd, READABLE, options);
}

/** @throws TsrunError ERR_ABORTED, ERR_TIMEOUT, or ERR_SYSTEM when the descriptor cannot be waited for */
function ready(fd: number, events: number, { signal, timeoutMs, ref = true }: WaitOptions): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal?.aborted) return reject(abortError(signal, 'the wait'));
		// What it throws rejects.
		if ((timeoutMs ?? patienceMs) >= patienceMs && readyBriefly(fd, events)) return resolve();
		let timer: NodeJS.Timeout | undefined;
		const settle = (finish: () => void) => {
			watch.close();
			clearTimeout(timer);
			signal?.removeEventListener('abort', onAbort);
			finish();
		};
		const onAbort = () => settle(() => reject(abortError(signal, 'the wait')));
		let watch: ReturnType<typeof watchOnce>;
		try {
			watch = watchOnce(fd, events, () => {
				// It has happened in time, whenever its turn comes.
				clearTimeout(timer);
				inTurn(() => settle(resolve));
			});
		} catch (error) {
			if (isAlwaysReady(error)) return resolve();
			return reject(fromSystemError(error, `wait for descriptor ${fd}`));
		}
		if (!ref) watch.unref();
		signal?.addEventListener('abort', onAbort);
		if (timeoutMs === undefined) return;
		timer = setTimeout(() => {
			settle(() => reject(new TsrunError('ERR_TIMEOUT', `nothing happened within ${timeoutMs} ms`)));
		}, timeoutMs);
		if (!ref) timer.unref();
	});
}

/** epoll refuses what never blocks. */
export function isAlwaysReady(error: unknown): boolean {
	return isSystemError(error) && error.code === 'EPERM' && error.syscall === 'epoll_ctl';
}
