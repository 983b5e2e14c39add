const runtimes = ['tsrun', 'runc'];

// A skipped test, or group of tests, says in its title what it needs.
const needs = / \((needs .*)\)$/;

/**
 * One row for each scenario of each client, with a verdict for every archive and runtime: `passed`, `failed`, `skipped`, or `-` where
 * there is no such test.
 *
 * @param results of runOnStage
 * @param columns one for each archive
 * @returns rows of client, scenario, verdicts (archive by archive, tsrun first) and the reasons of what was skipped
 */
export function rowsOf(results, columns) {
	const rows = new Map();
	for (const { archive, client, tests } of results) {
		const first = columns.findIndex((column) => column.archive === archive) * runtimes.length;
		for (const test of tests) {
			const scenario = test.title.replace(needs, '');
			const runtime = test.runtime.replace(needs, '');
			// Files of one client may have scenarios of the same name.
			const key = `${client}\0${test.file}\0${scenario}`;
			const verdicts = columns.flatMap(() => runtimes.map(() => '-'));
			const row = rows.get(key) ?? { client, scenario, verdicts, reasons: [] };
			rows.set(key, row);
			row.verdicts[first + runtimes.indexOf(runtime)] = test.status;
			const reason = (test.title.match(needs) ?? test.runtime.match(needs))?.[1];
			if (reason !== undefined) row.reasons.push(`${runtime} with packages of ${archive}: ${reason}`);
		}
	}
	return [...rows.values()].sort((one, other) => one.client.localeCompare(other.client));
}

/** The heads of the columns with verdicts. */
export function headsOf(columns) {
	return columns.flatMap(({ archive }) => runtimes.map((runtime) => `${runtime} (${archive})`));
}

/**
 * Prints a table client x scenario, the reasons of what was skipped, and the sums in one last line.
 *
 * @param skipped what was not run at all, and why
 * @returns whether nothing failed, and every client ran something
 */
export function printTable(rows, columns, results, skipped) {
	const lines = [
		['', '', ...headsOf(columns)],
		...rows.map(({ client, scenario, verdicts }) => [client, scenario, ...verdicts]),
	];
	const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
	console.log('\n== clients');
	for (const line of lines)
		console.log(
			line
				.map((word, column) => word.padEnd(widths[column]))
				.join('  ')
				.trimEnd(),
		);
	for (const { client, scenario, reasons } of rows)
		for (const reason of reasons) console.log(`skipped: ${client}: ${scenario}: ${reason}`);
	for (const reason of skipped) console.log(`skipped: ${reason}`);

	const count = (status) => results.flatMap(({ tests }) => tests).filter((test) => test.status === status).length;
	const silent = results.filter(({ tests }) => tests.every((test) => test.status === 'skipped'));
	for (const { client, archive } of silent)
		console.log(`${client} of ${archive}: ran nothing, which counts as a failure`);
	const failed = count('failed') + silent.length;
	console.log(`${count('passed')} passed, ${failed} failed, ${count('skipped') + skipped.length} skipped`);
	return failed === 0;
}
