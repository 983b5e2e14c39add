import { TsrunError } from './tsrun-error.js';

/**
 * Undoes what a failed operation has left, and answers with the error to throw: the cause itself, with what failed on the
 * way back in `also`.
 */
export async function afterUndo(cause: unknown, undo: () => Promise<void>): Promise<unknown> {
	try {
		await undo();
		return cause;
	} catch (failure) {
		const also = [failure instanceof Error ? failure : new Error(String(failure))];
		if (cause instanceof TsrunError) return cause.with({ also });
		const message = cause instanceof Error ? cause.message : String(cause);
		return new TsrunError('ERR_SYSTEM', message, { cause, also });
	}
}
