const columns = ['tsrun', 'runc'];

/**
 * Prints a table client x scenario with a column for each runtime, the reasons of what was skipped, and the sums in one last line.
 *
 * @returns whether nothing failed, and every client ran something
 */
export function printTable(results) {
	const rows = results.flatMap(({ client, tests }) => rowsOf(client, tests));
	const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row.cells[column].length)));
	console.log('\n== clients');
	for (const { cells } of [{ cells: ['', '', ...columns] }, ...rows]) {
		const [client, scenario, ...verdicts] = cells;
		const line = [client.padEnd(widths[0]), scenario.padEnd(widths[1]), ...verdicts.map((word) => word.padEnd(7))];
		console.log(line.join('  ').trimEnd());
	}
	for (const row of rows)
		for (const reason of row.reasons) console.log(`skipped: ${row.cells[0]}: ${row.cells[1]}: ${reason}`);

	const count = (status) =>
		results.reduce((sum, { tests }) => sum + tests.filter((test) => test.status === status).length, 0);
	const silent = results
		.filter(({ tests }) => tests.every((test) => test.status === 'skipped'))
		.map(({ client }) => client);
	for (const client of silent) console.log(`${client}: ran nothing, which counts as a failure`);
	const failed = count('failed') + silent.length;
	console.log(`${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped`);
	return failed === 0;
}

// A skipped test, or group of tests, says in its title what it needs.
const needs = / \((needs .*)\)$/;

function rowsOf(client, tests) {
	const rows = new Map();
	for (const test of tests) {
		const scenario = test.title.replace(needs, '');
		const runtime = test.runtime.replace(needs, '');
		// Files of one client may have scenarios of the same name.
		const key = `${test.file}\0${scenario}`;
		const row = rows.get(key) ?? { cells: [client, scenario, ...columns.map(() => '-')], reasons: [] };
		rows.set(key, row);
		row.cells[2 + columns.indexOf(runtime)] = test.status;
		const reason = (test.title.match(needs) ?? test.runtime.match(needs))?.[1];
		if (reason !== undefined) row.reasons.push(`${runtime}: ${reason}`);
	}
	return [...rows.values()];
}
