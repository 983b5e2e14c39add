import { errnoName, errnoText, TsrunError } from '../errors/index.js';

/** What the addon throws when a system call failed. `errno` is positive, unlike that of node:fs. */
export interface SystemError extends Error {
	readonly errno: number;
	readonly code: string;
	readonly syscall: string;
	readonly path?: string;
}

/**
 * Whether something caught is a failed system call, of the addon or of node:fs. By its shape: an error that was made in
 * another realm (a vm context, as test runners use them) is not `instanceof` this one's Error.
 */
export function isSystemError(error: unknown): error is SystemError {
	return (
		typeof error === 'object' &&
		error !== null &&
		'errno' in error &&
		typeof error.errno === 'number' &&
		'syscall' in error &&
		typeof error.syscall === 'string'
	);
}

/**
 * Words a failed system call.
 * @param error what was caught; becomes the cause
 * @param what what was being done, as in "cannot <what>"
 * @returns a TsrunError ERR_SYSTEM; a TsrunError is returned as it is
 */
export function fromSystemError(error: unknown, what: string): TsrunError {
	if (error instanceof TsrunError) return error;
	if (!isSystemError(error)) {
		const why = error instanceof Error ? error.message : String(error);
		return new TsrunError('ERR_SYSTEM', `cannot ${what}: ${why}`, { cause: error });
	}
	const errno = errnoName(Math.abs(error.errno));
	return new TsrunError('ERR_SYSTEM', `cannot ${what}: ${error.syscall}: ${errnoText(errno)}`, {
		syscall: error.syscall,
		errno,
		path: error.path,
		cause: error,
	});
}
