import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TsrunError } from '../../../lib/index.js';
import { call } from './call.js';
import { state } from './fake-runtime.js';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('state: two spaces, runc’s order', async () => {
	const { status, stdout } = await call(['state', 'web1']);
	expect(status).toBe(0);
	expect(stdout).toBe(`${JSON.stringify(state, null, 2)}\n`);
});

test('start passes on that the program is ready, if somebody waits to hear it', async () => {
	const { status, stdout, runtime } = await call(['start', 'web1']);
	expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
	expect(runtime.calls).toEqual([
		['get', 'web1'],
		['start', { notify: 'hand-over' }],
	]);
});

test('pause and resume ask for nothing else', async () => {
	for (const verb of ['pause', 'resume']) {
		const { status, stdout, runtime } = await call([verb, 'web1']);
		expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
		expect(runtime.calls).toEqual([['get', 'web1'], [verb]]);
	}
});

describe('kill', () => {
	test.each([
		[['web1'], 15, false],
		[['web1', ''], 15, false],
		[['web1', '9'], 9, false],
		[['--all', 'web1', '9'], 9, true],
		[['-a', 'web1', 'KILL'], 9, true],
		[['web1', 'sigusr1'], 10, false],
		[['web1', '0'], 0, false],
	])('%j', async (words, signal, all) => {
		const { status, runtime } = await call(['kill', ...words]);
		expect(status).toBe(0);
		expect(runtime.of('kill')).toEqual([['kill', signal, { all }]]);
	});

	test('an unknown signal is refused before the container is looked up', async () => {
		const { status, stderr, runtime } = await call(['kill', 'web1', 'SIGNOPE']);
		expect(status).toBe(1);
		expect(stderr).toMatch(/^unknown signal "SIGNOPE"/);
		expect(runtime.calls).toEqual([]);
	});

	test('after the end: a failure, but not with --all', async () => {
		const failing = { kill: new TsrunError('ERR_WRONG_STATUS', 'container not running') };
		expect(await call(['kill', 'web1', '9'], { failing })).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^container not running/),
		});
		expect(await call(['kill', '--all', 'web1', '9'], { failing })).toMatchObject({ status: 0, stderr: '' });
	});

	test('--all forgives nothing else', async () => {
		expect((await call(['kill', '--all', 'nobody', '9'])).status).toBe(1);
	});
});

describe('delete', () => {
	test.each([
		[['web1'], { force: false }],
		[['--force', 'web1'], { force: true }],
		[['web1', '-f'], { force: true }],
	])('%j', async (words, options) => {
		expect((await call(['delete', ...words])).runtime.of('delete')).toEqual([['delete', 'web1', options]]);
	});

	test('an unknown container: a failure, but not with --force', async () => {
		expect(await call(['delete', 'nobody'])).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^container does not exist/),
		});
		expect(await call(['delete', '--force', 'nobody'])).toMatchObject({ status: 0, stderr: '' });
	});

	test('--force forgives nothing else', async () => {
		const failing = { delete: new TsrunError('ERR_CGROUP', 'cannot remove the cgroup') };
		expect((await call(['delete', '-f', 'web1'], { failing })).status).toBe(1);
	});
});

describe('list', () => {
	const states = [state, { ...state, id: 'db', pid: 0, status: 'stopped', annotations: { a: 'b' } }];

	test('a table', async () => {
		const { stdout } = await call(['list'], { states });
		expect(stdout).toBe(
			[
				'ID          PID         STATUS      BUNDLE      CREATED                          OWNER',
				'web1        42          running     /srv/web    2026-01-02T03:04:05.678901234Z   root',
				'db          0           stopped     /srv/web    2026-01-02T03:04:05.678901234Z   root',
				'',
			].join('\n'),
		);
	});

	test('json: one line', async () => {
		const { stdout } = await call(['list', '-f', 'json'], { states });
		expect(stdout.indexOf('\n')).toBe(stdout.length - 1);
		expect(JSON.parse(stdout)).toEqual(states);
	});

	test('none: null, as runc says', async () => {
		expect((await call(['list', '--format=json'])).stdout).toBe('null\n');
		expect((await call(['list', '-q'])).stdout).toBe('');
		expect((await call(['list'])).stdout).toBe('ID          PID         STATUS      BUNDLE      CREATED     OWNER\n');
	});

	test('-q: ids', async () => {
		expect((await call(['list', '-q'], { states })).stdout).toBe('web1\ndb\n');
	});

	test('a --root that is not there is a failure', async () => {
		const root = join(folder, 'none');
		expect(await call(['--root', root, 'list'])).toMatchObject({
			status: 1,
			stderr: expect.stringContaining('no such file or directory'),
		});
		expect(await call(['--root', folder, 'list'])).toMatchObject({ status: 0 });
	});

	test('what cannot be read is told in the log, and the rest is listed', async () => {
		const log = join(folder, 'log');
		const listErrors = [new Error('load container x: state.json is damaged')];
		const { status, stdout } = await call(['--log', log, 'list', '-q'], { states, listErrors });
		expect({ status, stdout }).toEqual({ status: 0, stdout: 'web1\ndb\n' });
		expect(readFileSync(log, 'utf8')).toMatch(/level=warning msg="load container x/);
	});
});

describe('ps', () => {
	test('json: what containerd decodes', async () => {
		expect((await call(['ps', '--format', 'json', 'web1'], { pids: [1337, 1502] })).stdout).toBe('[1337,1502]\n');
		expect((await call(['ps', '-f=json', 'web1'])).stdout).toBe('null\n');
	});

	test('a table of the machine’s ps, with its options behind the id', async () => {
		const { stdout, stderr, status } = await call(['ps', 'web1', '-o', 'pid,ppid'], { pids: [process.pid] });
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(stdout.trim().split('\n')).toEqual([
			expect.stringMatching(/^\s*PID\s+PPID$/),
			expect.stringMatching(new RegExp(`^\\s*${process.pid}\\s+${process.ppid}$`)),
		]);
	});

	test('a failure of ps is passed on', async () => {
		const { status, stderr } = await call(['ps', 'web1', '--nonsense'], { pids: [1] });
		expect(status).toBe(1);
		expect(stderr).toMatch(/^ps failed: /);
	});
});

describe('update', () => {
	test('hands on what single options or the JSON ask for', async () => {
		const flags = await call(['update', '--memory', '1g', '--pids-limit=7', 'web1']);
		expect(flags).toMatchObject({ status: 0, stdout: '', stderr: '' });
		expect(flags.runtime.of('update')).toEqual([['update', { memory: { limit: 1n << 30n }, pids: { limit: 7n } }, {}]]);
		const json = await call(['update', '-r', '-', 'web1'], {}, '{"cpu":{"shares":18446744073709551615}}');
		expect(json.runtime.of('update')).toEqual([['update', { cpu: { shares: 2n ** 64n - 1n } }, {}]]);
	});

	test('hands on what is asked of resctrl, along with limits or alone', async () => {
		const alone = await call(['update', '--l3-cache-schema', 'L3:0=f', '--mem-bw-schema', 'MB:0=20', 'web1']);
		expect(alone.runtime.of('update')).toEqual([
			['update', {}, { intelRdt: { l3CacheSchema: 'L3:0=f', memBwSchema: 'MB:0=20' } }],
		]);
		const along = await call(['update', '-r', '-', '--mem-bw-schema', 'MB:0=20', 'web1'], {}, '{"pids":{"limit":7}}');
		expect(along.runtime.of('update')).toEqual([
			['update', { pids: { limit: 7n } }, { intelRdt: { memBwSchema: 'MB:0=20' } }],
		]);
	});
});

describe('spec', () => {
	test('writes a config once', async () => {
		expect(await call(['spec', '-b', folder])).toMatchObject({ status: 0, stdout: '', stderr: '' });
		const text = readFileSync(join(folder, 'config.json'), 'utf8');
		expect(JSON.parse(text)).toBeInstanceOf(Object);
		expect(await call(['spec', '-b', folder])).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/config.json exists already/),
		});
		expect(readFileSync(join(folder, 'config.json'), 'utf8')).toBe(text);
	});

	test('--file', async () => {
		expect((await call(['spec', '--bundle', folder, '--file', 'other.json', '--rootless'])).status).toBe(0);
		expect(JSON.parse(readFileSync(join(folder, 'other.json'), 'utf8'))).toBeInstanceOf(Object);
	});

	test('a directory that is not there', async () => {
		const { status, stderr } = await call(['spec', '-b', join(folder, 'none')]);
		expect(status).toBe(1);
		expect(stderr).toMatch(/no such file or directory/i);
	});
});

describe('plan', () => {
	test('json', async () => {
		const { stdout, runtime } = await call(['plan', '--format', 'json', '--no-pivot', '/b']);
		expect(JSON.parse(stdout)).toMatchObject({ verb: 'create', steps: [] });
		expect(runtime.of('plan')).toEqual([['plan', '/b', expect.objectContaining({ pivot: false })]]);
	});

	test('text', async () => {
		expect((await call(['plan', '/b'])).stdout).toBe('warning: /x: odd\n');
	});

	test('the bundle is given once', async () => {
		expect((await call(['plan', '-b', '/b', '/b'])).stderr).toMatch(/given twice/);
		expect((await call(['plan', '-b', '/b', '--format=json'])).runtime.of('plan')[0]?.[1]).toBe('/b');
	});
});

test('features: JSON on stdout and nothing else', async () => {
	const { status, stdout, stderr } = await call(['features']);
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	expect(JSON.parse(stdout)).toHaveProperty('ociVersionMin', '1.0.0');
});
