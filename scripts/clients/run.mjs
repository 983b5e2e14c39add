import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../build/paths.mjs';

const limitMinutes = 15;

/** Runs the test files of one client on a stage of their own. Answers its name and every test's runtime, scenario and status. */
export function runOnStage({ client, packages, work, image, jestArguments }) {
	console.log(`\n== ${client}`);
	const report = join(work, `${client}.json`);
	const jest = [process.execPath, '--experimental-vm-modules', inRoot('node_modules/jest/bin/jest.js')];
	const flags = ['--selectProjects', 'clients', '--runInBand', '--json', `--outputFile=${report}`];
	const files = ['--testPathPatterns', `^${inRoot('test/clients', client)}/`];
	const { status, error } = spawnSync(
		'sh',
		[inRoot('scripts/clients/stage.sh'), packages, ...jest, ...flags, ...files, ...jestArguments],
		{
			cwd: inRoot(),
			// Jest's --json repeats the whole report on stdout; what people read goes to stderr.
			stdio: ['ignore', 'ignore', 'inherit'],
			// stage.sh cleans up after SIGTERM.
			timeout: limitMinutes * 60_000,
			env: {
				...process.env,
				NODE_NO_WARNINGS: '1',
				TSRUN_STAGE_WORK: join(work, client),
				TSRUN_STAGE_IMAGE: image,
			},
		},
	);
	if (error) return broken(client, `Jest did not end: ${error.message}`);
	if (!existsSync(report)) return broken(client, 'Jest ended without a report');
	const tests = testsOf(JSON.parse(readFileSync(report, 'utf8')));
	if (status !== 0 && tests.every((test) => test.status !== 'failed')) return broken(client, `status ${status}`);
	return { client, tests };
}

function testsOf(report) {
	return report.testResults.flatMap((file) => {
		const tests = file.assertionResults.map(({ ancestorTitles, title, status }) => ({
			runtime: ancestorTitles[1] ?? '',
			title,
			file: file.name,
			status: status === 'passed' || status === 'failed' ? status : 'skipped',
		}));
		// A file that could not be loaded, or whose hooks failed, fails without a failing test in it.
		if (file.status === 'failed' && tests.every((test) => test.status !== 'failed'))
			tests.push({ runtime: 'tsrun', title: file.name, status: 'failed' });
		return tests;
	});
}

function broken(client, why) {
	console.error(`${client}: ${why}`);
	return { client, tests: [{ runtime: 'tsrun', title: why, status: 'failed' }] };
}
