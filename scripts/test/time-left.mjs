/**
 * How long a run of tests may take: its own limit, or less where TSRUN_TESTS_END says that all tests have to be over before, in
 * seconds since 1970 (`date +%s`).
 *
 * @param limit milliseconds
 * @returns milliseconds; 0 when it need not begin
 */
export function timeFor(limit) {
	const end = process.env.TSRUN_TESTS_END;
	return end === undefined ? limit : Math.max(0, Math.min(limit, Number(end) * 1000 - Date.now()));
}
