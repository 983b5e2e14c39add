// What an engine decodes after a failure: containerd every value in the log, Podman the whole file as a single one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

/** A configuration that tsrun warns of, as of a capability that the machine lacks under `--privileged`. */
function warned(config: Config): void {
	(config.process['capabilities'] as { bounding: string[] }).bounding.push('CAP_NO_SUCH');
}

const missing = bundleOf('nosuch');

function bundleOf(program: string) {
	return () =>
		bundle((config) => {
			warned(config);
			config.process.args = [program];
		});
}

describeWith([root, busybox], 'a log of json', () => {
	const globals = (log: string) => ['--log', log, '--log-format', 'json'];

	test('a warning that comes before the failure is no second object', async () => {
		const { path } = missing();
		const text = join(scratch(), 'log');
		await tsrun(['--log', text, 'create', '--bundle', path, containerId()]);
		// There is a warning, for who did not ask for json.
		expect(readFileSync(text, 'utf8')).toMatch(/level=warning .*CAP_NO_SUCH.*\n.*level=error/);

		const log = join(scratch(), 'log.json');
		expect((await tsrun([...globals(log), 'create', '--bundle', path, containerId()])).status).toBe(1);
		expect(JSON.parse(readFileSync(log, 'utf8'))).toMatchObject({
			level: 'error',
			msg: expect.stringContaining('executable file not found in $PATH'),
		});
	});

	test('a warning alone leaves it empty, and says nothing on standard error', async () => {
		const { path } = scriptBundle('true', warned);
		const log = join(scratch(), 'log.json');
		expect(await tsrun([...globals(log), 'run', '--bundle', path, containerId()])).toMatchObject({
			status: 0,
			stderr: '',
		});
		expect(readFileSync(log, 'utf8')).toBe('');
	});

	test('--debug, which containerd passes on: each line is an object, and the last error is the failure', async () => {
		const log = join(scratch(), 'log.json');
		const { path } = missing();
		expect((await tsrun(['--debug', ...globals(log), 'create', '--bundle', path, containerId()])).status).toBe(1);
		const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
		const entries = lines.map((line) => JSON.parse(line) as { level: string; msg: string; time: string });
		expect(entries.length).toBeGreaterThan(2);
		for (const { level, msg, time } of entries) {
			expect(['debug', 'info', 'warning', 'error']).toContain(level);
			expect(typeof msg).toBe('string');
			expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
		}
		const errors = entries.filter(({ level }) => level === 'error');
		expect(errors).toHaveLength(1);
		expect(errors[0]?.msg).toContain('executable file not found in $PATH');
	});

	test('a create that fails has written no pid file', async () => {
		const { path } = missing();
		const pidFile = join(scratch(), 'pid');
		expect((await tsrun(['create', '--bundle', path, '--pid-file', pidFile, containerId()])).status).toBe(1);
		expect(existsSync(pidFile)).toBe(false);
	});
});
