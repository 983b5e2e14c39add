/** So many that a disturbance of some seconds is in few of them, and that each is long enough for its slowest hundredth to be known. */
const stretches = 30;

/** Caches fill in the first tenth, and the engine compiles what is hot: what comes after it is judged. */
export function settled(times) {
	return times.slice(Math.floor(times.length / 10));
}

/** A quantile of numbers. */
export function quantile(values, share) {
	const sorted = Float64Array.from(values).sort();
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** The same quantile of the first third of a run and of its last, with everything that happened in them. */
export function ends(times, share) {
	const third = Math.ceil(times.length / 3);
	return { first: quantile(times.slice(0, third), share), last: quantile(times.slice(-third), share) };
}

/**
 * How a quantile went through a run. The run is cut to stretches, each with a quantile of its own; what somebody else on the machine
 * does to some of them does not move the median of a third of them, and what grows in every cycle does.
 *
 * @returns `first` and `last`: of the stretch in the middle of the first third and of the last, in the unit of `times`; `trend`: the
 * statistic of Mann and Kendall, of the standard normal distribution when there is none, positive when the stretches become slower
 */
export function courseOf(times, share) {
	const count = Math.min(stretches, times.length);
	const edge = (index) => Math.floor((index * times.length) / count);
	const course = Array.from({ length: count }, (_, index) => {
		return quantile(times.slice(edge(index), edge(index + 1)), share);
	});
	return { ...ends(course, 0.5), trend: trendOf(course) };
}

/** Ties are of nanoseconds, and too rare to correct the variance for. */
function trendOf(values) {
	const count = values.length;
	let sum = 0;
	for (let later = 1; later < count; later++)
		for (let earlier = 0; earlier < later; earlier++) sum += Math.sign(values[later] - values[earlier]);
	const deviation = Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
	// Of whole numbers two apart: corrected for that.
	return deviation === 0 ? 0 : (sum - Math.sign(sum)) / deviation;
}
