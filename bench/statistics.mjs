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

/** Gives lists in another order each time; the same orders in each process, so that two runs of a benchmark can be compared. */
export function shuffler() {
	// The constants of POSIX's example of rand().
	let state = 1n;
	const below = (limit) => {
		state = BigInt.asUintN(32, state * 1103515245n + 12345n);
		return Number((state >> 16n) & 0x7fffn) % limit;
	};
	return (list) => {
		const order = [...list];
		for (let last = order.length - 1; last > 0; last--) {
			const other = below(last + 1);
			[order[last], order[other]] = [order[other], order[last]];
		}
		return order;
	};
}
