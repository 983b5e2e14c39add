import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, TsrunError } from '../../../lib/index.js';
import { call } from './call.js';

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'tsrun-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const opening = async (...words: string[]) => (await call([...words, 'state', 'web1'])).opened[0];

describe('what the library is opened with', () => {
	test('nothing chosen: the library chooses', async () => {
		const options = await opening();
		expect(options).toMatchObject({ rootless: 'auto', env: { PATH: expect.any(String) } });
		expect(options).not.toHaveProperty('root');
		expect(options).not.toHaveProperty('cgroupManager');
	});

	test('--root becomes absolute', async () => {
		expect(await opening('--root', 'here/../there')).toMatchObject({ root: join(process.cwd(), 'there') });
		expect(await opening('--root=/run/x')).toMatchObject({ root: '/run/x' });
	});

	test.each([
		[['--systemd-cgroup'], { cgroupManager: 'systemd' }],
		[['--systemd-cgroup=true', '--cgroup-manager', 'systemd'], { cgroupManager: 'systemd' }],
		[['--systemd-cgroup=false', '--cgroup-manager=cgroupfs'], { cgroupManager: 'cgroupfs' }],
		[['--cgroup-manager', 'disabled'], { cgroupManager: 'disabled' }],
		[['--rootless=true'], { rootless: true }],
		[['--rootless', '0'], { rootless: false }],
		[['--rootless=AUTO'], { rootless: 'auto' }],
	])('%j', async (words, expected) => {
		expect(await opening(...words)).toMatchObject(expected);
	});

	test.each([
		[['--root', '/'], /--root "\/" would be/],
		[['--root', ''], /--root "" would be/],
		[['--root', '/x/..'], /would be/],
		[['--rootless=perhaps'], /invalid value "perhaps" for --rootless/],
		[['--cgroup-manager=mine'], /invalid value "mine" for --cgroup-manager/],
		[['--systemd-cgroup', '--cgroup-manager=cgroupfs'], /contradicts/],
		[['--log-format=xml'], /invalid value "xml" for --log-format/],
		[['--log', '/nonexistent/x'], /cannot open the log/],
	])('%j is refused before anything is done', async (words, message) => {
		const { status, stderr, stdout, opened } = await call([...words, 'state', 'web1']);
		expect({ status, stdout, opened }).toEqual({ status: 1, stdout: '', opened: [] });
		expect(stderr).toMatch(message);
	});

	test('global options stand in front of the verb only', async () => {
		expect((await call(['state', '--root', '/x', 'web1'])).stderr).toMatch(/flag provided but not defined: --root/);
	});
});

describe('how a failure is told', () => {
	const failing = {
		failing: { create: new TsrunError('ERR_EXECUTABLE', 'exec: "x": executable file not found in $PATH') },
	};
	const message = 'tsrun create failed: exec: "x": executable file not found in $PATH';

	test('to a person: on stderr', async () => {
		const { status, stderr, stdout } = await call(['create', 'web1'], failing);
		expect(status).toBe(1);
		expect(stdout).toBe('');
		expect(stderr.startsWith(message)).toBe(true);
	});

	test('to a person: with the line of config.json', async () => {
		const file = join(folder, 'config.json');
		writeFileSync(file, '{\n\t"hostname": 5\n}\n');
		const fault = { pointer: '/hostname', where: { file, line: 2, column: 14 }, message: 'must be a string' };
		const create = new ConfigError('ERR_CONFIG_INVALID', file, [fault]);
		const { stderr } = await call(['create', 'web1'], { failing: { create } });
		expect(stderr).toMatch(/^tsrun create failed: /);
		expect(stderr).toContain(`${file}:2:14: /hostname: must be a string`);
		expect(stderr).toContain('"hostname": 5');
	});

	test('--log with json: one object in the file, plain text on stderr', async () => {
		const log = join(folder, 'log.json');
		const { status, stderr } = await call(['--log', log, '--log-format=json', 'create', 'web1'], failing);
		expect(status).toBe(1);
		expect(stderr).toBe(`${message}\n`);
		// Podman decodes the whole file as one value.
		expect(JSON.parse(readFileSync(log, 'utf8'))).toEqual({
			level: 'error',
			msg: message,
			time: expect.any(String),
			code: expect.stringMatching(/^ERR_/),
		});
	});

	test('a wrong option is in the log as well', async () => {
		const log = join(folder, 'log.json');
		const { stderr } = await call(['--log', log, '--log-format=json', 'create', '--nonsense', 'web1']);
		expect(stderr).toMatch(/^flag provided but not defined: --nonsense/);
		expect(JSON.parse(readFileSync(log, 'utf8')).msg).toMatch(/^flag provided but not defined: --nonsense/);
	});

	test('success leaves an empty log', async () => {
		const log = join(folder, 'log.json');
		expect((await call(['--log', log, '--log-format=json', 'create', 'web1'])).status).toBe(0);
		expect(readFileSync(log, 'utf8')).toBe('');
	});

	test('exec: its own status and words', async () => {
		const { status, stderr } = await call(['exec', 'nobody', 'ls']);
		expect(status).toBe(255);
		expect(stderr).toMatch(/^exec failed: container does not exist/);
	});

	test('anything thrown is told, not only the library’s own errors', async () => {
		const { status, stderr } = await call(['start', 'web1'], { failing: { start: new TypeError('surprise') } });
		expect(status).toBe(1);
		expect(stderr).toMatch(/surprise/);
	});
});

describe('usage', () => {
	test.each([
		[['create'], '"create" requires exactly 1 argument(s)'],
		[['create', 'a', 'b'], '"create" requires exactly 1 argument(s)'],
		[['list', 'a'], '"list" requires exactly 0 argument(s)'],
		[['kill'], '"kill" requires a minimum of 1 argument(s)'],
		[['kill', 'a', '9', 'x'], '"kill" requires a maximum of 2 argument(s)'],
		[['restore', '--lsm-mount-context'], 'flag needs an argument: --lsm-mount-context'],
		[['kil', 'a'], 'unknown command "kil"'],
		[['--nonsense'], 'flag provided but not defined: --nonsense'],
	])('%j', async (words, message) => {
		const { status, stderr, stdout, opened } = await call(words);
		expect({ status, stdout, opened }).toEqual({ status: 1, stdout: '', opened: [] });
		expect(stderr.startsWith(message)).toBe(true);
		expect(stderr).toMatch(/see tsrun .*--help/);
	});
});
