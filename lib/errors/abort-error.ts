import { TsrunError } from './tsrun-error.js';

/** The error of an operation that its AbortSignal stopped: the signal's reason if it is one of ours, else around it. */
export function abortError(signal: AbortSignal | undefined, what = 'the operation'): TsrunError {
	const reason: unknown = signal?.reason;
	if (reason instanceof TsrunError) return reason;
	const why = reason instanceof Error && reason.name !== 'AbortError' ? `: ${reason.message}` : '';
	return new TsrunError('ERR_ABORTED', `${what} was aborted${why}`, { cause: reason });
}
