/** Whether each call is tried, which takes twenty minutes, or some of each kind of work. */
export const all = process.env['TSRUN_TEST_CALLS'] === 'all';

/** So many of these, evenly spread, and the first and the last among them; all of them with TSRUN_TEST_CALLS=all. */
export function sample<T>(of: readonly T[], count: number): readonly T[] {
	if (all || of.length <= count) return of;
	return Array.from({ length: count }, (_, index) => Math.round((index * (of.length - 1)) / (count - 1))).flatMap(
		(index) => of.slice(index, index + 1),
	);
}
