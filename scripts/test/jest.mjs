import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { inRoot } from '../build/paths.mjs';
import { timeFor } from './time-left.mjs';

// Each call of each verb refused or the end of tsrun, one at a time, takes its time.
const limitMinutes = process.env.TSRUN_TEST_CALLS === 'all' ? 180 : 20;
const exitSeconds = 15;

/**
 * Runs Jest projects, in a cgroup view when one is given, and counts from Jest's own report. Real containers are started by one
 * test file at a time: the leak checks of two would see each other's.
 */
export async function runJest(part, projects, { view, program, jestArguments }) {
	console.log(`\n== ${part}`);
	const limit = timeFor(limitMinutes * 60_000);
	if (limit === 0) return failure(part, 'not run: there was no time left');
	// Of this run alone: another one at the same time would be taken for its end.
	const report = inRoot(`.cache/test/report-${process.pid}.json`);
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
	const env = {
		...process.env,
		NODE_NO_WARNINGS: '1',
		...(view?.prefix.length ? { TSRUN_TEST_VIEW: view.name } : {}),
		...(program ? { TSRUN_TEST_CLI: program } : {}),
	};
	// Jest's --json repeats the whole report on stdout; what people read goes to stderr.
	const child = spawn(command, args, { cwd: inRoot(), stdio: ['ignore', 'ignore', 'inherit'], env, detached: true });
	const { status, stuck, error } = await ended(child, report, limit);
	if (error) return failure(part, `Jest could not be started: ${error.message}`);
	if (stuck === 'tests') return failure(part, `the tests did not end within ${Math.ceil(limit / 60_000)} minutes`);
	if (!existsSync(report)) return failure(part, 'Jest ended without a report');
	const result = counted(part, JSON.parse(readFileSync(report, 'utf8')));
	rmSync(report);
	if (stuck === 'exit') {
		console.error(`${part}: something was still open after the last test: Jest did not end by itself`);
		return { ...result, failed: result.failed + 1 };
	}
	if (status !== 0 && result.failed === 0)
		return failure(part, `Jest ended with status ${status}, and says nothing failed`);
	return result;
}

/**
 * Waits until Jest has ended; it and what it started are killed when its tests take too long, or when it stays although its
 * report is written, because a test left a handle open.
 */
function ended(child, report, limit) {
	return new Promise((done) => {
		let reported;
		const started = Date.now();
		const watch = setInterval(() => {
			if (reported === undefined && existsSync(report)) reported = Date.now();
			if (reported !== undefined && Date.now() - reported > exitSeconds * 1000) kill('exit');
			else if (Date.now() - started > limit) kill('tests');
		}, 500);
		const end = (result) => {
			clearInterval(watch);
			done(result);
		};
		const kill = (stuck) => {
			process.kill(-child.pid, 'SIGKILL');
			end({ status: null, stuck });
		};
		child.on('error', (error) => end({ error }));
		child.on('exit', (status) => end({ status }));
	});
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
