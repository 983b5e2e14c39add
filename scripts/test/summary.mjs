/**
 * Prints what each part counted, every skipped test (its title says what it needs), and the sums in one last line.
 *
 * @returns whether all is well: nothing failed, and each part ran something
 */
export function printSummary(results) {
	const width = Math.max(...results.map(({ part }) => part.length));
	console.log('\n== summary');
	for (const { part, passed, failed, skipped } of results) {
		const note = passed + failed === 0 ? '   <- ran nothing, which counts as a failure' : '';
		console.log(`${part.padEnd(width)}  ${passed} passed, ${failed} failed, ${skipped.length} skipped${note}`);
	}
	for (const { part, skipped } of results) for (const test of skipped) console.log(`skipped: ${part}: ${test}`);

	const sum = (count) => results.reduce((total, result) => total + count(result), 0);
	const silent = results.filter(({ passed, failed }) => passed + failed === 0).length;
	const failed = sum((result) => result.failed) + silent;
	console.log(
		`${sum((result) => result.passed)} passed, ${failed} failed, ${sum((result) => result.skipped.length)} skipped`,
	);
	return failed === 0;
}
