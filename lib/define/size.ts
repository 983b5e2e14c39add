import { TsrunError } from '../errors/index.js';

/** Bytes: a number, or text with a unit, `64MiB` and `64M` alike (powers of 1024). */
export type Size = number | string;

const units = ['', 'K', 'M', 'G', 'T', 'P'];

/**
 * A size in bytes.
 *
 * @throws TsrunError ERR_ARGUMENT
 */
export function bytesOf(size: Size): number {
	if (typeof size !== 'string') return size;
	const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([KMGTP]?)(?:i?B)?$/i.exec(size.trim()) ?? [];
	if (number === undefined) {
		throw new TsrunError('ERR_ARGUMENT', `${JSON.stringify(size)} is no size`, {
			hint: 'Write bytes as a number, or as text with a unit: "64MiB".',
		});
	}
	return Math.floor(Number(number) * 1024 ** units.indexOf(unit.toUpperCase()));
}
