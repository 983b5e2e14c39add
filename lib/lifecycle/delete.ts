import { TsrunError } from '../errors/index.js';
import type { ContainerDir, ContainerRecord } from '../state/index.js';
import { destroyContainer } from './destroy.js';
import type { Engine } from './engine.js';
import { observe } from './observe.js';

/**
 * Removes a container that has ended, or one that was created and never started: runc kills that one, and engines rely
 * on it. `force` ends a running one first, and makes an absent one no error.
 *
 * @param container its id, or its directory, which need not be looked for then
 * @throws TsrunError ERR_NOT_FOUND; ERR_WRONG_STATUS "cannot delete container X that is not stopped: running"
 */
export async function deleteContainer(engine: Engine, container: string | ContainerDir, force: boolean): Promise<void> {
	using _delete = engine.phase?.('delete');
	try {
		const dir = typeof container === 'string' ? await engine.store.open(container) : container;
		await using _lock = await lockToDelete(dir);
		await deleteLocked(engine, dir, force);
	} catch (error) {
		// Another `delete` was faster while this one waited for the lock.
		if (force && isNotFound(error)) return;
		throw error;
	}
}

async function lockToDelete(dir: ContainerDir): Promise<AsyncDisposable> {
	try {
		return await dir.lock();
	} catch (error) {
		// Left by a `create` or a `delete` that was killed when there was no more in it.
		if (!isNotFound(error) || dir.removeEmpty()) throw error;
		// Somebody has removed the lock alone.
		return dir.lock({ create: true });
	}
}

async function deleteLocked(engine: Engine, dir: ContainerDir, force: boolean): Promise<void> {
	let record: ContainerRecord;
	try {
		record = await dir.readRecord();
	} catch (error) {
		const unusable = error instanceof TsrunError && error.code === 'ERR_STATE_CORRUPT';
		if (!isNotFound(error) && !(unusable && force)) throw error;
		if (unusable) return deleteUnusable(engine, dir);
		// Left by a `create` that was killed before it had made anything else.
		await dir.remove();
		if (force) return;
		throw error;
	}
	const status = await observeLocked(dir, record);
	if (!force && status !== 'stopped' && status !== 'created') {
		throw new TsrunError('ERR_WRONG_STATUS', `cannot delete container ${record.id} that is not stopped: ${status}`, {
			containerId: record.id,
		});
	}
	await destroyContainer(engine, dir, record, status);
}

async function deleteUnusable(engine: Engine, dir: ContainerDir): Promise<void> {
	const { salvagedRecord } = await import('./salvage.js');
	const record = salvagedRecord(dir);
	if (record !== undefined) return destroyContainer(engine, dir, record);
	await dir.remove();
	engine.onWarning({
		message: `the record of ${dir.id} told nothing of its processes and cgroups: if there are any, they are left`,
		pointer: '',
	});
}

// With the lock in our hands nobody can be creating it.
async function observeLocked(dir: ContainerDir, record: ContainerRecord) {
	return record.creating === true ? 'stopped' : await observe(dir, record);
}

function isNotFound(error: unknown): boolean {
	return error instanceof TsrunError && error.code === 'ERR_NOT_FOUND';
}
