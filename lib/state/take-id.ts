import { afterUndo, TsrunError } from '../errors/index.js';
import type { ContainerDir } from './container-dir.js';
import type { LockOptions } from './lock.js';
import { idExists, type StateStore } from './store.js';

/** A `delete` that was in the way is over; nobody meets so many. */
const mostTries = 10;

/** An id that nobody else can have: the directory, empty but for its lock, and the lock. */
export interface TakenId {
	readonly dir: ContainerDir;
	readonly lock: AsyncDisposable;
}

/**
 * Takes an id for a new container. Making the directory and taking its lock are two calls, and between them it looks like one that
 * a killed `create` has left: a `delete` may take the lock and remove it, and another `create` make it anew. So what is
 * locked in the end has to be found unused, and nothing is removed without its lock.
 *
 * @throws TsrunError ERR_ID_INVALID, ERR_ID_EXISTS, ERR_STATE_ROOT, and those of {@link ContainerDir.lock}; nothing is left behind
 */
export async function takeId(store: StateStore, id: string): Promise<TakenId> {
	for (let tries = 1; ; tries++) {
		let dir: ContainerDir | undefined;
		try {
			dir = await store.reserve(id);
			const lock = await lockUnused(dir);
			if (lock !== undefined) return { dir, lock };
		} catch (cause) {
			if (wasRemoved(cause) && tries < mostTries) continue;
			throw dir === undefined ? cause : await abandoned(dir, cause);
		}
		throw idExists(id, dir.path);
	}
}

function wasRemoved(cause: unknown): boolean {
	return cause instanceof TsrunError && (cause.code === 'ERR_NOT_FOUND' || cause.errno === 'ENOENT');
}

/** The lock of a directory; undefined when there is a container in it. */
async function lockUnused(dir: ContainerDir, options?: LockOptions): Promise<AsyncDisposable | undefined> {
	const lock = await dir.lock({ ...options, create: true });
	let unused = false;
	try {
		unused = isUnused(dir);
	} finally {
		if (!unused) await lock[Symbol.asyncDispose]();
	}
	return unused ? lock : undefined;
}

/** Asked once more if the answer was refused: nobody else would remove the directory if it is ours. */
function isUnused(dir: ContainerDir): boolean {
	try {
		return !dir.isUsed();
	} catch {
		return !dir.isUsed();
	}
}

/** The error that the lock was refused with. The directory goes if it is empty, or a second try shows that nobody else has it. */
function abandoned(dir: ContainerDir, cause: unknown): Promise<unknown> {
	return afterUndo(cause, async () => {
		// Without a lock in it there is no other way on a full disk. Who has made it anew meanwhile makes it once more.
		if (dir.removeEmpty()) return;
		await using lock = await lockUnused(dir, { timeoutMs: 0 });
		if (lock !== undefined) await dir.remove();
	});
}
