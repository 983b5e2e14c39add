const shifts: Readonly<Record<string, bigint>> = { '': 0n, k: 10n, m: 20n, g: 30n, t: 40n, p: 50n };

/** Bytes of `512m`, `1.5g`, `1024`, `64KiB` or `-1`; units are powers of 1024. `undefined` when it is none of these. */
export function sizeOf(text: string): bigint | undefined {
	if (text === '-1') return -1n;
	const match = /^(\d+)(?:\.(\d+))? ?([kmgtp]?)(?:i?b)?$/i.exec(text);
	if (match === null) return undefined;
	const [, whole = '', fraction = '', unit = ''] = match;
	const scale = 10n ** BigInt(fraction.length);
	return (BigInt(whole + fraction) << (shifts[unit.toLowerCase()] ?? 0n)) / scale;
}
