import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { program, tsrun } from '../harness/cli.js';
import { scratch } from '../harness/scratch.js';

test('--help needs nothing and is found on stdout', async () => {
	for (const words of [['--help'], ['checkpoint', '--help'], ['run', '-h'], ['help', 'exec'], []]) {
		const { status, stdout, stderr } = await tsrun(words, { root: false, env: {} });
		expect({ words, status, stderr }).toEqual({ words, status: 0, stderr: '' });
		expect(stdout).toMatch(/^NAME:\n {2}tsrun /);
		expect(stdout).toContain('EXAMPLES:');
	}
});

test('help opens no file of the current folder, which somebody else may have written', async () => {
	const plain = await tsrun(['run', '--help'], { root: false, cwd: scratch() });
	const foreign = await tsrun(['run', '--help'], { root: false, env: { LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' } });
	expect(foreign.stdout).toBe(plain.stdout);
});

test('--version', async () => {
	const { status, stdout, stderr } = await tsrun(['--version'], { root: false });
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	expect(stdout).toMatch(/^tsrun version \S+\n(commit: \S+\n)?spec: 1\.3\.0\n$/);
});

test('Podman’s probe: an option without its value', async () => {
	const { status, stderr } = await tsrun(['restore', '--lsm-mount-context'], { root: false });
	expect(status).toBe(1);
	expect(stderr).toMatch(/^flag needs an argument: --lsm-mount-context$/m);
});

test('a failure is one JSON object in the log and plain text on stderr', async () => {
	const log = join(scratch(), 'log.json');
	const { status, stdout, stderr } = await tsrun(['--log', log, '--log-format', 'json', 'start', 'nobody']);
	expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: 'container does not exist\n' });
	expect(JSON.parse(readFileSync(log, 'utf8'))).toEqual({
		level: 'error',
		code: 'ERR_NOT_FOUND',
		containerId: 'nobody',
		msg: 'container does not exist',
		time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/),
	});
});

test('a text log grows', async () => {
	const log = join(scratch(), 'log');
	await tsrun(['--log', log, 'start', 'nobody']);
	await tsrun(['--log', log, 'exec', 'nobody', 'ls']);
	expect(readFileSync(log, 'utf8').split('\n')).toEqual([
		expect.stringMatching(/^time="\S+" level=error msg="container does not exist"$/),
		expect.stringMatching(/^time="\S+" level=error msg="exec failed: container does not exist"$/),
		'',
	]);
});

test('verbs for a container that is not there, with Podman’s environment', async () => {
	const env = { XDG_RUNTIME_DIR: '' };
	expect(await tsrun(['delete', '--force', 'nobody'], { env })).toMatchObject({ status: 0, stdout: '', stderr: '' });
	for (const words of [['delete'], ['kill'], ['start'], ['state'], ['ps'], ['pause'], ['resume']]) {
		const { status, stderr } = await tsrun([...words, 'nobody'], { env });
		expect({ words, status }).toEqual({ words, status: 1 });
		expect(stderr).toMatch(/^container does not exist/);
	}
	expect((await tsrun(['exec', 'nobody', 'ls'], { env })).status).toBe(255);
});

test('spec writes a config that is not overwritten', async () => {
	const folder = scratch();
	expect(await tsrun(['spec'], { cwd: folder })).toMatchObject({ status: 0, stdout: '', stderr: '' });
	const text = readFileSync(join(folder, 'config.json'), 'utf8');
	expect(JSON.parse(text)).toMatchObject({
		process: { args: ['sh'], terminal: true },
		root: { path: 'rootfs', readonly: true },
	});
	expect((await tsrun(['spec', '--rootless'], { cwd: folder })).status).toBe(1);
	expect(readFileSync(join(folder, 'config.json'), 'utf8')).toBe(text);
});

test('features: one JSON document, and not a word on stderr (CRI-O reads both together)', async () => {
	const { status, stdout, stderr } = await tsrun(['features'], { root: false });
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	const told = JSON.parse(stdout);
	expect(told).toMatchObject({ ociVersionMin: expect.any(String), ociVersionMax: expect.any(String) });
	// What containerd and CRI-O look for before they offer user namespaces, mapped ids and recursive read-only mounts.
	expect(told.linux.namespaces).toContain('user');
	expect(told.linux.mountExtensions).toEqual({ idmap: { enabled: true } });
	expect(told.mountOptions).toEqual(expect.arrayContaining(['rro', 'rbind', 'bind', 'ro']));
});

describe('list', () => {
	test('nothing there yet', async () => {
		expect(
			await tsrun(['list', '--format', 'json'], { root: false, env: { XDG_RUNTIME_DIR: scratch() } }),
		).toMatchObject({
			status: 0,
			stderr: '',
		});
	});

	test('a root that does not exist', async () => {
		const root = join(scratch(), 'none');
		const { status, stderr } = await tsrun(['--root', root, 'list'], { root: false });
		expect(status).toBe(1);
		expect(stderr).toMatch(/no such file or directory/);
		expect(existsSync(root)).toBe(false);
	});
});

describe('streams', () => {
	const sh = (script: string) =>
		spawnSync('bash', ['-c', script, 'bash', ...program], { encoding: 'utf8', timeout: 20_000 });

	test('a reader that goes away is no failure to be told about', () => {
		// Not a sleep: the reader has closed the pipe for sure when `true` has ended.
		const { stdout, stderr } = sh('exec 3> >(exec true); wait $!; "$@" --help >&3; echo "status $?"');
		expect({ stdout, stderr }).toEqual({ stdout: 'status 141\n', stderr: '' });
	});

	test('a full device is', () => {
		const { status, stderr } = sh('"$@" --help > /dev/full');
		expect(status).toBe(1);
		expect(stderr).toMatch(/cannot write to standard output/);
	});

	test('closed streams', () => {
		expect(sh('"$@" --version <&-').stdout).toMatch(/^tsrun version/);
		expect(sh('"$@" start nobody 2>&-; echo "status $?"').stdout).toBe('status 1\n');
	});

	test('a current folder that has been removed', () => {
		const { status, stdout } = sh('cd "$(mktemp -d)" && rmdir "$PWD" && "$@" --version');
		expect({ status, version: stdout.startsWith('tsrun version') }).toEqual({ status: 0, version: true });
	});
});
