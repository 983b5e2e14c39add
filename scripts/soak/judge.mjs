const mebibyte = 1024 * 1024;

/** A machine on which nothing else happens keeps the same time; on others a tail may grow for reasons of theirs. */
const slower = { factor: 3, nanoseconds: 20e6 };

/** The p99 of the first and of the last tenth of the cycles, in nanoseconds. */
export function tails(times) {
	const tenth = Math.max(1, Math.floor(times.length / 10));
	return { first: p99(times.slice(0, tenth)), last: p99(times.slice(-tenth)) };
}

function p99(times) {
	const sorted = [...times].sort((one, other) => one - other);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))];
}

/** What is wrong with what so many cycles have left; nothing when all is well. */
export function judged({ cycles, times, before, after, left }) {
	const faults = Object.entries(left)
		// Programs of others make and lose keys meanwhile; a leak of ours would be one for each container.
		.filter(([name, count]) => count > (name === 'keys' ? cycles / 10 : 0))
		.map(([name, count]) => `${count} ${name} are left`);
	const { first, last } = tails(times);
	if (last > first * slower.factor + slower.nanoseconds)
		faults.push(`the p99 of a cycle has grown from ${ms(first)} to ${ms(last)} ms`);
	if (before === undefined) return faults;
	for (const name of ['descriptors', 'children'])
		if (after[name] > before[name]) faults.push(`${name} have grown from ${before[name]} to ${after[name]}`);
	// A heap that is collected goes up and down by some hundred KiB; 1 KiB lost in each cycle would be 9 MiB in the end.
	if (after.heap > before.heap + 4 * mebibyte) faults.push(`the heap has grown by ${after.heap - before.heap} bytes`);
	if (after.resident > before.resident + 48 * mebibyte)
		faults.push(`resident memory has grown by ${after.resident - before.resident} bytes`);
	return faults;
}

/** Nanoseconds as milliseconds. */
export function ms(nanoseconds) {
	return (nanoseconds / 1e6).toFixed(1);
}
