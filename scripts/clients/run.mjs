import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inRoot } from '../build/paths.mjs';
import { timeFor } from '../test/time-left.mjs';

const limitMinutes = 25;

/**
 * Runs the test files of one client on a stage of their own.
 *
 * @param files beginning of their paths below test/clients
 * @param archive where the packages are from
 * @param packages folder of unpackPackages
 * @param installed what is laid over /usr/local
 * @param work folder for what the engines write, and for the report
 * @returns the names of archive and client, and every test's runtime, scenario and status
 */
export function runOnStage({ archive, client, files, packages, installed, work, image, jestArguments }) {
	console.log(`\n== ${client} of ${archive.title}`);
	const here = { archive: archive.name, client };
	const limit = timeFor(limitMinutes * 60_000);
	if (limit === 0) return broken(here, 'not run: there was no time left');
	const place = join(work, archive.name, files.replaceAll('/', '-'));
	const report = `${place}.json`;
	const jest = [process.execPath, '--experimental-vm-modules', inRoot('node_modules/jest/bin/jest.js')];
	const flags = ['--selectProjects', 'clients', '--runInBand', '--json', `--outputFile=${report}`];
	const chosen = ['--testPathPatterns', `^${inRoot('test/clients')}/${files}`];
	const { status, error } = spawnSync(
		'sh',
		[inRoot('scripts/clients/stage.sh'), packages, installed, ...jest, ...flags, ...chosen, ...jestArguments],
		{
			cwd: inRoot(),
			// Jest's --json repeats the whole report on stdout; what people read goes to stderr.
			stdio: ['ignore', 'ignore', 'inherit'],
			// stage.sh cleans up after SIGTERM.
			timeout: limit,
			env: {
				...process.env,
				NODE_NO_WARNINGS: '1',
				TSRUN_STAGE_WORK: place,
				TSRUN_STAGE_IMAGE: image,
			},
		},
	);
	if (error) return broken(here, `Jest did not end: ${error.message}`);
	if (!existsSync(report)) return broken(here, 'Jest ended without a report');
	const tests = testsOf(JSON.parse(readFileSync(report, 'utf8')));
	if (status !== 0 && tests.every((test) => test.status !== 'failed')) return broken(here, `status ${status}`);
	return { ...here, tests };
}

function testsOf(report) {
	return report.testResults.flatMap((file) => {
		const tests = file.assertionResults.map(({ ancestorTitles, title, status }) => ({
			runtime: ancestorTitles[1] ?? '',
			title,
			file: relative(inRoot('test/clients'), file.name),
			status: status === 'passed' || status === 'failed' ? status : 'skipped',
		}));
		// A file that could not be loaded, or whose hooks failed, fails without a failing test in it.
		if (file.status === 'failed' && tests.every((test) => test.status !== 'failed'))
			tests.push({ runtime: 'tsrun', title: file.name, status: 'failed' });
		return tests;
	});
}

function broken(here, why) {
	console.error(`${here.client}: ${why}`);
	return { ...here, tests: [{ runtime: 'tsrun', title: why, status: 'failed' }] };
}
