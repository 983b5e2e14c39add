import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

const create = (path: string, ...options: string[]) => tsrun([...options, 'create', '--bundle', path, containerId()]);

describe('a bundle that cannot be used', () => {
	test('is not there', async () => {
		const { status, stderr } = await create('/nonexistent/bundle');
		expect(status).toBe(1);
		expect(stderr).toMatch(/^tsrun create failed: .*\/nonexistent\/bundle.*no such file or directory/);
	});

	test('is not JSON: the place in the file', async () => {
		const path = scratch();
		writeFileSync(join(path, 'config.json'), '{\n\t"ociVersion": "1.0.0",\n\t"root": }\n');
		const { status, stderr } = await create(path);
		expect(status).toBe(1);
		expect(stderr).toContain('config.json:3:');
	});

	test('breaks the spec twice: both are told, one log entry, nothing is made', async () => {
		const { path } = bundle((config) => {
			config.process.cwd = 'relative';
			config.process.user.uid = -1;
		}, 'empty');
		const log = join(scratch(), 'log.json');
		const { status, stderr } = await create(path, '--log', log, '--log-format', 'json');
		expect(status).toBe(1);
		for (const text of [stderr, JSON.parse(readFileSync(log, 'utf8')).msg]) {
			expect(text).toContain('/process/cwd');
			expect(text).toContain('/process/user/uid');
		}
		expect((await tsrun(['list', '-q'])).stdout).toBe('');
	});
});

describe('an id that cannot be used', () => {
	test.each(['', '.', '..', 'a/b', 'a b', 'a\nb', 'ä', '../x'])('%j', async (id) => {
		const { path } = bundle(undefined, 'empty');
		expect(await tsrun(['create', '--bundle', path, '--', id])).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/invalid container ID format|container id/i),
		});
	});
});

describeWith([root, busybox], 'a container that cannot be made', () => {
	test.each([
		[['nosuch'], 'exec: "nosuch": executable file not found in $PATH'],
		[['/nosuch'], 'no such file or directory'],
		[['/etc/passwd'], 'permission denied'],
	])('args %j: the words that engines turn into their status', async (args, message) => {
		const { path } = bundle((config) => {
			config.process.args = args;
		});
		const log = join(scratch(), 'log.json');
		const { status, stderr } = await create(path, '--log', log, '--log-format', 'json');
		expect(status).toBe(1);
		expect(stderr).toContain(message);
		// Podman decodes the whole file as one value.
		expect(JSON.parse(readFileSync(log, 'utf8'))).toMatchObject({
			level: 'error',
			msg: expect.stringContaining(message),
		});
		expect((await tsrun(['list', '-q'])).stdout).toBe('');
	});

	test('run: the same words, and nothing is left', async () => {
		const { path } = bundle((config) => {
			config.process.args = ['nosuch'];
		});
		const id = containerId();
		const { status, stderr } = await tsrun(['run', '--bundle', path, id]);
		expect(status).toBe(1);
		expect(stderr).toMatch(/^tsrun run failed: .*executable file not found in \$PATH/);
		expect((await tsrun(['state', id])).status).toBe(1);
	});

	test('a relative --pid-file lies in the caller’s directory, not in the bundle', async () => {
		const [folder, id] = [scratch(), containerId()];
		const { path } = scriptBundle('exit 0');
		mkdirSync(join(folder, 'sub'));
		expect((await tsrun(['run', '-b', path, '--pid-file', 'sub/pid', id], { cwd: folder })).status).toBe(0);
		expect(readdirSync(join(folder, 'sub'))).toEqual(['pid']);
	});
});
