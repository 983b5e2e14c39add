import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { inRoot } from '../build/paths.mjs';

const limitMinutes = 20;

/**
 * Runs Jest projects, in a cgroup view when one is given, and counts from Jest's own report. Real containers are started by one
 * test file at a time: the leak checks of two would see each other's.
 */
export function runJest(part, projects, { view, program, jestArguments }) {
	console.log(`\n== ${part}`);
	const report = inRoot('.cache/test/report.json');
	mkdirSync(inRoot('.cache/test'), { recursive: true });
	rmSync(report, { force: true });

	const jest = [process.execPath, '--experimental-vm-modules', inRoot('node_modules/jest/bin/jest.js')];
	const flags = ['--json', `--outputFile=${report}`, ...(view?.prefix ? ['--runInBand'] : [])];
	const [command, ...args] = [
		...(view?.prefix ?? []),
		...jest,
		'--selectProjects',
		...projects,
		'--passWithNoTests',
		...flags,
		...jestArguments,
	];
	const { status, error } = spawnSync(command, args, {
		cwd: inRoot(),
		// Jest's --json repeats the whole report on stdout; what people read goes to stderr.
		stdio: ['ignore', 'ignore', 'inherit'],
		timeout: limitMinutes * 60_000,
		env: {
			...process.env,
			NODE_NO_WARNINGS: '1',
			...(view?.prefix.length ? { TSRUN_TEST_VIEW: view.name } : {}),
			...(program ? { TSRUN_TEST_CLI: program } : {}),
		},
	});
	if (error) return failure(part, `Jest did not end: ${error.message}`);
	if (!existsSync(report)) return failure(part, 'Jest ended without a report');
	const result = counted(part, JSON.parse(readFileSync(report, 'utf8')));
	if (status !== 0 && result.failed === 0)
		return failure(part, `Jest ended with status ${status}, and says nothing failed`);
	return result;
}

function counted(part, report) {
	const tests = report.testResults.flatMap((file) => file.assertionResults);
	// A file that could not be loaded, or whose afterAll found something left behind, fails without a failing test in it.
	const files = report.testResults.filter(
		(file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
	);
	return {
		part,
		passed: tests.filter((test) => test.status === 'passed').length,
		failed: tests.filter((test) => test.status === 'failed').length + files.length,
		skipped: tests
			.filter((test) => ['pending', 'skipped', 'todo', 'disabled'].includes(test.status))
			.map((test) => test.fullName),
	};
}

function failure(part, reason) {
	console.error(`${part}: ${reason}`);
	return { part, passed: 0, failed: 1, skipped: [] };
}
