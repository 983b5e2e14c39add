// Runs the tests: `node scripts/test.mjs [part ...] [--view machine|cgroup2] [--cli binary|node] [-- arguments for Jest]`.
import { checkLint, checkTypes } from './test/checks.mjs';
import { runJest } from './test/jest.mjs';
import { optionsOf } from './test/options.mjs';
import { withReaper } from './test/reaper.mjs';
import { runSanitized } from './test/sanitized.mjs';
import { printSummary } from './test/summary.mjs';
import { viewsHere } from './test/views.mjs';

const options = optionsOf(process.argv.slice(2));
const { jestArguments } = options;
const views = viewsHere().filter((view) => options.view === undefined || view.name === options.view);
const programs = ['binary', 'node'].filter((name) => options.cli === undefined || name === options.cli);

/** Each part is a list of runs; each run answers what it counted. In order: what fails fast and needs least comes first. */
const parts = {
	lint: () => [checkLint()],
	types: () => [checkTypes()],
	unit: async () => [await runJest('unit', ['unit', 'harness', 'golden', 'laws', 'architecture'], { jestArguments })],
	contract: async () => [await runJest('contract', ['contract'], { jestArguments })],
	sanitized: async () => [await runSanitized('contract, addon with sanitizers', { jestArguments })],
	kernel: () =>
		inTurn(views.map((view) => () => runJest(`kernel, ${view.title}`, ['kernel'], { jestArguments, view }))),
	security: () =>
		inTurn(views.map((view) => () => runJest(`security, ${view.title}`, ['security'], { jestArguments, view }))),
	reliability: () =>
		inTurn(
			views.map(withReaper).map((view) => () => {
				return runJest(`reliability, ${view.title}`, ['reliability'], { jestArguments, view });
			}),
		),
	examples: () =>
		inTurn(views.map((view) => () => runJest(`examples, ${view.title}`, ['examples'], { jestArguments, view }))),
	docs: async () => [await runJest('docs', ['docs'], { jestArguments, view: views[0] })],
	cli: () =>
		inTurn(
			combinations().map(({ program, view }) => () => {
				return runJest(`cli, ${program}, ${view.title}`, ['cli'], { jestArguments, view, program });
			}),
		),
};

const results = [];
for (const [name, run] of Object.entries(parts)) {
	if (options.parts.length > 0 && !options.parts.includes(name)) continue;
	results.push(...(await run()));
}
process.exitCode = printSummary(results) ? 0 : 1;

/**
 * The program in each view, and under Node in the first, unless another one is asked for: what Node does with cgroups is in the
 * tests of the library, in each view.
 */
function combinations() {
	return programs.flatMap((program) => {
		const chosen = program === 'node' && options.view === undefined ? views.slice(0, 1) : views;
		return chosen.map((view) => ({ program, view }));
	});
}

async function inTurn(runs) {
	const results = [];
	for (const run of runs) results.push(await run());
	return results;
}
