const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Bytes in a few characters: `0B`, `1.5KiB`, `12MiB`. */
export function bytesText(bytes: bigint | undefined): string {
	if (bytes === undefined) return '-';
	let value = Number(bytes);
	let unit = 0;
	// What would be written as 1000 of a unit is 1.0 of the next one.
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1024;
		unit += 1;
	}
	return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)}${units[unit]}`;
}

/** `12.3%`; `-` for what is not known. */
export function percentText(percent: number | undefined): string {
	return percent === undefined ? '-' : `${percent.toFixed(1)}%`;
}

/** `used / limit`, or what is used alone where there is no limit. */
export function ofLimit(used: bigint | undefined, limit: bigint | undefined, word: (value: bigint) => string): string {
	if (used === undefined) return '-';
	return limit === undefined ? word(used) : `${word(used)} / ${word(limit)}`;
}

/** Two amounts, as `read / written`. */
export function pairText(first: bigint | undefined, second: bigint | undefined): string {
	return first === undefined ? '-' : `${bytesText(first)} / ${bytesText(second)}`;
}

/** Pressure of cpu, memory and io, in percent: `0.5 0.0 12`; `-` where the kernel does not tell. */
export function pressureText({ cpu, memory, io }: { cpu?: number; memory?: number; io?: number }): string {
	const word = (value: number | undefined) =>
		value === undefined ? '-' : value < 9.95 ? value.toFixed(1) : value.toFixed(0);
	return [cpu, memory, io].map(word).join(' ');
}
