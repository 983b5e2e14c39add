import { resolve } from 'node:path';
import { TsrunError } from '../../../lib/index.js';
import { call } from './call.js';

const signal = expect.any(AbortSignal);
const nothing = {
	tcpEstablished: false,
	extUnixSk: false,
	shellJob: false,
	fileLocks: false,
	lazyPages: false,
	autoDedup: false,
};

describe('checkpoint', () => {
	test('as containerd calls it', async () => {
		const words = ['checkpoint', '--image-path', '/i', '--work-path', '/w', '--leave-running', 'web1'];
		const { status, stdout, stderr, runtime } = await call(words);
		expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
		expect(runtime.calls).toEqual([
			['get', 'web1'],
			[
				'checkpoint',
				'/i',
				{
					...nothing,
					workPath: '/w',
					leaveRunning: true,
					tcpSkipInFlight: false,
					linkRemap: false,
					preDump: false,
					signal,
				},
			],
		]);
	});

	test('every other option', async () => {
		const words =
			'checkpoint --parent-path ../p --tcp-established --tcp-skip-in-flight --link-remap --ext-unix-sk --shell-job ' +
			'--file-locks --lazy-pages --auto-dedup --pre-dump --status-fd 7 --page-server 10.0.0.1:4000 ' +
			'--manage-cgroups-mode ignore --network-lock skip --empty-ns network web1';
		const { status, runtime } = await call(words.split(' '));
		expect(status).toBe(0);
		expect(runtime.of('checkpoint')[0]?.slice(1)).toEqual([
			resolve('checkpoint'),
			{
				parentPath: '../p',
				tcpEstablished: true,
				tcpSkipInFlight: true,
				linkRemap: true,
				extUnixSk: true,
				shellJob: true,
				fileLocks: true,
				lazyPages: true,
				autoDedup: true,
				preDump: true,
				leaveRunning: false,
				statusFd: 7,
				pageServer: { address: '10.0.0.1', port: 4000 },
				manageCgroupsMode: 'ignore',
				networkLock: 'skip',
				signal,
			},
		]);
	});

	test('empty words, as Go callers pass them for what they leave out, ask for nothing', async () => {
		const words = ['--image-path=', '--work-path=', '--parent-path=', '--page-server=', '--manage-cgroups-mode='];
		const { status, runtime } = await call(['checkpoint', ...words, '--status-fd=-1', 'web1']);
		expect(status).toBe(0);
		const [, path, options] = runtime.of('checkpoint')[0] ?? [];
		expect(path).toBe(resolve('checkpoint'));
		expect(Object.keys(options as object)).not.toEqual(
			expect.arrayContaining([expect.stringMatching(/^(workPath|parentPath|pageServer|manageCgroupsMode|statusFd)$/)]),
		);
	});

	test('an IPv6 page server stands in brackets', async () => {
		const { runtime } = await call(['checkpoint', '--page-server', '[fe80::1]:1', 'web1']);
		expect(runtime.of('checkpoint')[0]?.[2]).toMatchObject({ pageServer: { address: 'fe80::1', port: 1 } });
	});

	test.each(['10.0.0.1', '10.0.0.1:', ':4000', '10.0.0.1:0', '10.0.0.1:65536', '10.0.0.1:x', '::1:4000'])(
		'--page-server %s is refused',
		async (server) => {
			const { status, stderr, runtime } = await call(['checkpoint', '--page-server', server, 'web1']);
			expect(status).toBe(1);
			expect(stderr).toMatch(/^--page-server takes ADDRESS:PORT/);
			expect(runtime.calls).toEqual([]);
		},
	);

	test.each(['checkpoint', 'restore'])('%s: words that are none', async (verb) => {
		expect(await call([verb, '--manage-cgroups-mode', 'some', 'web1'])).toMatchObject({ status: 1 });
		const { status, stderr } = await call([verb, '--empty-ns', 'ipc', 'web1']);
		expect(status).toBe(1);
		expect(stderr).toContain('namespace "ipc" is not supported');
	});

	// Podman asks before it offers checkpoints: once for the status, once for these words.
	test('--help succeeds, and a value that is missing is called so', async () => {
		expect((await call(['checkpoint', '--help'])).status).toBe(0);
		const { status, stderr } = await call(['restore', '--lsm-mount-context']);
		expect(status).not.toBe(0);
		expect(stderr).toMatch(/flag needs an argument|requires an argument/);
	});
});

describe('restore', () => {
	test('as containerd calls it: -no-subreaper has one dash', async () => {
		const words =
			'restore --image-path /i --work-path /w --detach --pid-file /p -no-subreaper --bundle /b --console-socket /s web1';
		const { status, stdout, stderr, runtime } = await call(words.split(' '));
		expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
		expect(runtime.calls).toEqual([
			[
				'restore',
				'web1',
				'/b',
				'/i',
				{
					...nothing,
					workPath: '/w',
					stdio: 'inherit',
					tcpClose: false,
					detach: true,
					pidFile: '/p',
					consoleSocket: '/s',
					signal,
				},
			],
			['detach'],
			['dispose'],
		]);
	});

	test('every other option', async () => {
		const words =
			'restore -d -f c.json --pidfd-socket s --no-pivot --no-new-keyring --tcp-close --lsm-profile apparmor:x ' +
			'--lsm-mount-context c web1';
		const { runtime } = await call(words.split(' '));
		expect(runtime.of('restore')[0]?.[4]).toMatchObject({
			configFile: resolve('c.json'),
			pidfdSocket: 's',
			newKeyring: false,
			tcpClose: true,
			lsmProfile: 'apparmor:x',
			lsmMountContext: 'c',
		});
	});

	test('in the foreground: the terminal is relayed, the status is that of the container, which is deleted', async () => {
		const { status, runtime } = await call(['restore', 'web1'], { ending: { code: 3, signal: null } });
		expect(status).toBe(3);
		expect(runtime.calls.map(([name]) => name)).toEqual(['restore', 'wait', 'dispose']);
		expect(runtime.of('restore')[0]?.[4]).toMatchObject({ terminal: 'relay', subreaper: true });
	});
});

describe('run, while somebody else saves the container or deletes it', () => {
	const killed = { ending: { code: null, signal: 9 } };

	test('the status is that of the killed program', async () => {
		const failing = { oomKills: new TsrunError('ERR_NOT_FOUND', 'container does not exist') };
		expect(await call(['run', 'web1'], { ...killed, failing })).toMatchObject({ status: 137, stderr: '' });
	});

	test('any other failure is told', async () => {
		const failing = { oomKills: new TsrunError('ERR_STATE_CORRUPT', 'no record') };
		expect(await call(['run', 'web1'], { ...killed, failing })).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^tsrun run failed: no record/),
		});
	});
});
