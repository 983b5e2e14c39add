import { constants } from 'node:os';

/**
 * How a notified system call ends, as its caller sees it:
 *
 * - `{ value }`: it returns this;
 * - `{ errno }`: it fails with this, by name (`EPERM`) or number;
 * - `{ descriptor }`: it returns a descriptor that is a copy of this one, by number or owner; whose stays the answerer's;
 * - `continue`: the kernel performs it after all. Not a way to let pass what was checked: the caller can change the
 *   memory behind its arguments in between (seccomp_unotify(2), "NOTES").
 */
export type SyscallAnswer =
	| 'continue'
	| { readonly value: number | bigint }
	| { readonly errno: string | number }
	| { readonly descriptor: number | { readonly fd: number }; readonly closeOnExec?: boolean | undefined };

/** What the kernel is told: a value, or a negative errno beside the value 0. */
export interface Response {
	/** As 64 bits. */
	readonly value: bigint;
	readonly error: number;
	readonly goOn: boolean;
}

/**
 * @throws TypeError, RangeError for what is no answer: a program's mistake, not a condition
 */
export function responseOf(answer: Exclude<SyscallAnswer, { readonly descriptor: unknown }>): Response {
	if (answer === 'continue') return { value: 0n, error: 0, goOn: true };
	if ('errno' in answer) return { value: 0n, error: -errnoNumber(answer.errno), goOn: false };
	return { value: BigInt.asUintN(64, BigInt(answer.value)), error: 0, goOn: false };
}

const numbers: Readonly<Record<string, number>> = constants.errno;

function errnoNumber(errno: string | number): number {
	const number = typeof errno === 'number' ? errno : numbers[errno];
	// The kernel takes no other (MAX_ERRNO), and 0 would be success.
	if (number !== undefined && Number.isInteger(number) && number >= 1 && number <= 4095) return number;
	throw new RangeError(`${errno} is no errno`);
}
