/** Median and quartiles of numbers. */
export function summarise(values) {
	const sorted = [...values].sort((one, other) => one - other);
	const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
	return { median: at(0.5), low: at(0.25), high: at(0.75), runs: sorted.length };
}

/** `5.31 (5.10-5.62)`, in milliseconds. */
export function milliseconds({ median, low, high }) {
	const ms = (ns) => (ns / 1e6).toFixed(2);
	return `${ms(median)} (${ms(low)}-${ms(high)})`;
}
