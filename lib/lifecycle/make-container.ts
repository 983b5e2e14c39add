import { TsrunError } from '../errors/index.js';
import { UndoStack, writeFileAtomic } from '../os/index.js';
import type { LoadedSpec } from '../spec/read.js';
import { type ContainerDir, type ContainerRecord, takeId } from '../state/index.js';
import type { Engine } from './engine.js';
import { NewRecord } from './new-record.js';

/** What is known of a container before anything is made of it. */
export interface Announcement {
	readonly id: string;
	readonly bundle: string;
	readonly loaded: LoadedSpec;
	readonly first: ContainerRecord;
	/** Where the pid goes once the container exists; absolute. */
	readonly pidFile: string | undefined;
}

/** What the making of a container works with. */
export interface Making {
	readonly dir: ContainerDir;
	readonly record: NewRecord;
	/** Takes what has to be taken back if a later step fails. */
	readonly undo: UndoStack;
}

/**
 * Takes the id of a container, and has it made under its lock. A failure at any point undoes what was done, and runs the
 * poststop hooks where there was a container, or hooks that had begun to care for one.
 *
 * @throws TsrunError ERR_ID_INVALID, ERR_ID_EXISTS, ERR_STATE_ROOT, and those of `make` with the container's id and the place in its config
 */
export async function makeContainer<Made extends { readonly process: { readonly pid: number } }>(
	engine: Engine,
	{ id, bundle, loaded, first, pidFile }: Announcement,
	make: (making: Making) => Promise<Made>,
): Promise<Made> {
	const { dir, lock } = await takeId(engine.store, id);
	await using _lock = lock;
	const undo = new UndoStack();
	undo.push(`remove ${dir.path}`, () => dir.remove());
	const record = new NewRecord(dir, first);
	try {
		await dir.writeConfig(loaded.text);
		const made = await make({ dir, record, undo });
		if (pidFile !== undefined) writeFileAtomic(pidFile, String(made.process.pid), 0o644);
		undo.commit();
		return made;
	} catch (cause) {
		const also = await undo.unwind();
		const error = await describeFailure(cause, loaded, id, also);
		if (record.isComplete || error.code === 'ERR_HOOK_FAILED') {
			const { runPoststopHooks } = await import('./poststop.js');
			const { spec } = loaded;
			await runPoststopHooks(engine, spec, { id, bundle, annotations: spec.annotations });
		}
		throw error;
	}
}

/** Any failure as the one error that is thrown, with the place in config.json and what went wrong on the way back. */
async function describeFailure(
	cause: unknown,
	loaded: LoadedSpec,
	id: string,
	also: readonly Error[],
): Promise<TsrunError> {
	const error =
		cause instanceof TsrunError
			? cause
			: new TsrunError('ERR_SYSTEM', cause instanceof Error ? cause.message : String(cause), { cause });
	const where = error.pointer === undefined ? undefined : loaded.placeOf(error.pointer);
	const { errno, syscall } = error;
	if (errno === undefined) return error.with({ containerId: id, where, also });
	const { hintFor } = await import('../errors/hint.js');
	return error.with({ containerId: id, where, also, hint: hintFor({ errno, syscall }) });
}
