import * as z from 'zod/mini';
import { Fraction } from '../json/fraction.js';
import { showValue } from '../show-value.js';

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** 4294967295 is (uid_t)-1: to the kernel it means "leave the id alone", which is never what a config asks for. */
const MAX_ID = 0xffff_fffe;

function integerFault(input: unknown, min: number | bigint, max: number | bigint): string | undefined {
	if (input === undefined) return 'is required';
	if (input instanceof Fraction) return `must be an integer written without fraction or exponent, found ${input.text}`;
	const integer = typeof input === 'bigint' || (typeof input === 'number' && Number.isInteger(input));
	if (!integer) return `must be an integer, found ${showValue(input)}`;
	if (input < min || input > max) return `must be an integer from ${min} to ${max}, found ${input}`;
	return undefined;
}

/** An integer that always fits a JavaScript number. */
export function integer(min: number, max: number) {
	return z.transform((input: unknown, context: z.core.ParsePayload): number => {
		const message = integerFault(input, min, max);
		if (message === undefined) return Number(input) + 0; // -0 becomes 0
		context.issues.push({ code: 'custom', message, input });
		return 0;
	});
}

/** An integer that may need more than the 53 bits of a JavaScript number. */
export function wideInteger(min: bigint, max: bigint) {
	return z.transform((input: unknown, context: z.core.ParsePayload): bigint => {
		const message = integerFault(input, min, max);
		if (message === undefined) return BigInt(input as number | bigint);
		context.issues.push({ code: 'custom', message, input });
		return 0n;
	});
}

export const uint16 = integer(0, 0xffff);
export const uint32 = integer(0, 0xffff_ffff);
export const int32 = integer(-0x8000_0000, 0x7fff_ffff);
export const id = integer(0, MAX_ID);
export const int64 = wideInteger(MIN_INT64, MAX_INT64);
export const uint64 = wideInteger(0n, MAX_UINT64);

/** Text that reaches the kernel as a C string, where a NUL byte would silently cut it. */
export const cString = z
	.string()
	.check(z.refine((text) => !text.includes('\0'), { error: 'must not contain NUL bytes' }));

export const nonEmpty = cString.check(z.refine((text) => text !== '', { error: 'must not be empty' }));

/** Go programs write the zero value for "not set", so an empty string counts as an absent member. */
export const optionalText = z.optional(
	z.pipe(
		cString,
		z.transform((text: string): string | undefined => (text === '' ? undefined : text)),
	),
);

export const texts = z.array(cString);
export const optionalTexts = z.optional(texts);
export const optionalBoolean = z.optional(z.boolean());

/** A cpu or node list as sets of numbers are written for humans: `0-3,7`. Empty means "none". */
export const numberList = z.optional(
	cString.check(
		z.refine((text) => isNumberList(text), { error: 'must be a list of numbers and ranges such as 0-3,7' }),
	),
);

function isNumberList(text: string): boolean {
	if (text.trim() === '') return true;
	return text.split(',').every((part) => {
		const range = /^\s*(\d{1,6})(?:-(\d{1,6}))?\s*$/.exec(part);
		return range !== null && (range[2] === undefined || Number(range[1]) <= Number(range[2]));
	});
}
