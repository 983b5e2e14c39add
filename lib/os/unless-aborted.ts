import { abortError } from '../errors/index.js';

/**
 * The result of `promise`, or the abort that comes first. The work itself goes on: this is for waits that others share.
 *
 * @throws TsrunError ERR_ABORTED
 */
export function unlessAborted<Result>(
	promise: Promise<Result>,
	signal: AbortSignal | undefined,
	what: string,
): Promise<Result> {
	if (signal === undefined) return promise;
	return new Promise((resolve, reject) => {
		const abort = () => reject(abortError(signal, what));
		if (signal.aborted) return abort();
		signal.addEventListener('abort', abort, { once: true });
		promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
	});
}
