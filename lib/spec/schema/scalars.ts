import { fractionText, isFraction } from '../json/fraction.js';
import { showValue } from '../show-value.js';
import { type FaultOf, type List, optional, type Scalar } from './shape.js';

/** One JSON scalar. All of them word their faults themselves. */
export function scalar<Output>(faultOf: FaultOf, convert: (input: unknown) => Output): Scalar<Output> {
	return { kind: 'scalar', faultOf, convert };
}

export function integerFault(input: unknown, min: number | bigint, max: number | bigint): string | undefined {
	if (isFraction(input)) {
		return `must be an integer written without fraction or exponent, found ${fractionText(input)}`;
	}
	const integer = typeof input === 'bigint' || (typeof input === 'number' && Number.isInteger(input));
	if (integer && input >= min && input <= max) return undefined;
	return `must be an integer from ${min} to ${max}, found ${showValue(input)}`;
}

/** An integer that always fits a JavaScript number. */
export function integer(min: number, max: number) {
	return scalar(
		(input) => integerFault(input, min, max),
		(input) => Number(input) + 0, // makes 0 of -0
	);
}

/** An integer that may need more than the 53 bits of a JavaScript number. */
export function wideInteger(min: bigint, max: bigint) {
	return scalar(
		(input) => integerFault(input, min, max),
		(input) => BigInt(input as number | bigint),
	);
}

const uint16 = integer(0, 0xffff);
const int32 = integer(-0x8000_0000, 0x7fff_ffff);
const int64 = wideInteger(-(2n ** 63n), 2n ** 63n - 1n);
export const uint32 = integer(0, 0xffff_ffff);
export const uint64 = wideInteger(0n, 2n ** 64n - 1n);
/** A user or group id. 4294967295 is (uid_t)-1, which tells the kernel to leave the id alone. */
export const id = integer(0, 0xffff_fffe);

export const optionalUint16 = optional(uint16);
export const optionalInt32 = optional(int32);
export const optionalUint32 = optional(uint32);
export const optionalInt64 = optional(int64);
export const optionalUint64 = optional(uint64);
export const optionalId = optional(id);

export const boolean = scalar(
	(input) => (typeof input === 'boolean' ? undefined : `must be true or false, found ${showValue(input)}`),
	(input) => input as boolean,
);

export const optionalBoolean = optional(boolean);

/** Any text. */
export const freeText = scalar(
	(input) => (typeof input === 'string' ? undefined : `must be a string, found ${showValue(input)}`),
	(input) => input as string,
);

function textFault(input: unknown): string | undefined {
	if (typeof input !== 'string') return `must be a string, found ${showValue(input)}`;
	return input.includes('\0') ? `must not contain NUL bytes, found ${showValue(input)}` : undefined;
}

/** Text that reaches the kernel as a C string, where a NUL byte would silently cut it. */
export const text = scalar(textFault, (input) => input as string);

/** Text of which `accepts` says whether it is `wanted`, a phrase that follows "must be". */
export function textThat(wanted: string, accepts: (text: string) => boolean) {
	return scalar(
		(input) =>
			textFault(input) ?? (accepts(input as string) ? undefined : `must be ${wanted}, found ${showValue(input)}`),
		(input) => input as string,
	);
}

export const nonEmpty = textThat('a string with at least one character', (input) => input !== '');

/** Go programs write the zero value for "not set", so an empty string counts as an absent member. */
export const optionalText = optional(
	scalar(textFault, (input): string | undefined => (input === '' ? undefined : (input as string))),
);

/** One of a closed list of names. */
export function oneOf<const Names extends readonly string[]>(names: Names) {
	return scalar(
		(input) =>
			names.includes(input as string) ? undefined : `must be one of ${names.join(', ')}; found ${showValue(input)}`,
		(input) => input as Names[number],
	);
}

/** An array of scalars as one value: a seccomp profile has hundreds of names. */
function listOf<Element>(faultOf: FaultOf, least = 0): List<Element[]> {
	return { kind: 'list', faultOf, least };
}
export const optionalTexts = optional(listOf<string>(textFault));

export const oneOrMoreTexts = listOf<string>(textFault, 1);

/** Any number of a closed list of names. */
export function namesOf<const Names extends readonly string[]>(names: Names) {
	return listOf<Names[number]>((input) =>
		names.includes(input as string) ? undefined : `must be one of ${names.join(', ')}; found ${showValue(input)}`,
	);
}

export function optionalNames<const Names extends readonly string[]>(names: Names) {
	return optional(namesOf(names));
}
