import { type ErrorCode, type ErrorDetails, errnoText, TsrunError } from '../errors/index.js';

/**
 * What node:fs and its kin throw when the kernel refused a call.
 * `code` is the symbolic errno; `errno` is negative there, so only `code` is used.
 */
interface NodeSystemError extends Error {
	readonly code: string;
	readonly syscall: string;
	readonly path?: string;
}

/**
 * True for an error that carries a symbolic errno and the name of the system call.
 * Asked by shape: an error of another realm (a vm context, a test runner) is no instance of our Error.
 */
function isNodeSystemError(error: unknown): error is NodeSystemError {
	if (typeof error !== 'object' || error === null) return false;
	const { code, syscall } = error as Partial<NodeSystemError>;
	return typeof code === 'string' && typeof syscall === 'string';
}

/** The symbolic errno of a failed call (`ENOENT`), or undefined when `error` is not one. */
export function errnoOf(error: unknown): string | undefined {
	if (error instanceof TsrunError) return error.errno;
	return isNodeSystemError(error) ? error.code : undefined;
}

/**
 * Words a failed system call: `what` says what was being done, in the form "cannot read the record".
 * A TsrunError passes through, gaining the details it lacks.
 *
 * @param code the code of the result; ERR_SYSTEM unless the caller knows better
 */
export function systemFailure(
	what: string,
	cause: unknown,
	details: ErrorDetails = {},
	code: ErrorCode = 'ERR_SYSTEM',
): TsrunError {
	if (cause instanceof TsrunError) return cause.with(details);
	if (!isNodeSystemError(cause)) {
		const reason = (cause as Partial<Error> | null | undefined)?.message ?? String(cause);
		return new TsrunError(code, `${what}: ${reason}`, { ...details, cause });
	}
	return new TsrunError(code, `${what}: ${errnoText(cause.code)}`, {
		syscall: cause.syscall,
		errno: cause.code,
		path: cause.path,
		...details,
		cause,
	});
}
