import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Ending } from '../../../cli/exit-code.js';
import { TsrunError } from '../../../lib/index.js';
import { call } from './call.js';

const names = (calls: readonly (readonly [string, ...unknown[]])[]) => calls.map(([name]) => name);

/** An end that comes when the test says so. */
function openEnding() {
	let end: (ending: Ending) => void = () => undefined;
	const promise = new Promise<Ending>((settle) => {
		end = settle;
	});
	return { promise, end };
}

describe('create', () => {
	test('as containerd calls it', async () => {
		const words = ['create', '--bundle', '/b', '--pid-file', '/p', '--console-socket', '/s', 'web1'];
		const { status, stdout, stderr, runtime } = await call(words);
		expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
		expect(runtime.calls).toEqual([
			[
				'create',
				'web1',
				'/b',
				{
					stdio: 'inherit',
					listenFds: true,
					notify: true,
					detach: true,
					pidFile: '/p',
					consoleSocket: '/s',
					signal: expect.any(AbortSignal),
				},
			],
			['detach'],
		]);
	});

	test('every other option', async () => {
		const words = 'create -b /b -f c.json --pidfd-socket s --no-pivot --no-new-keyring --preserve-fds 2 web1'.split(
			' ',
		);
		const { runtime } = await call(words);
		expect(runtime.of('create')[0]?.[3]).toMatchObject({
			configFile: resolve('c.json'),
			pidfdSocket: 's',
			pivot: false,
			newKeyring: false,
			preserveFds: 2,
		});
	});

	test('paths are relative to the caller’s directory, the bundle is the current one', async () => {
		const { runtime } = await call(['create', '--pid-file=p', 'web1']);
		expect(runtime.of('create')[0]?.slice(1)).toEqual([
			'web1',
			process.cwd(),
			expect.objectContaining({ pidFile: resolve('p') }),
		]);
	});

	test('a flag set to false asks for nothing', async () => {
		const { runtime } = await call(['create', '--no-pivot=false', '--no-new-keyring=false', 'web1']);
		expect(Object.keys(runtime.of('create')[0]?.[3] as object).sort()).toEqual([
			'detach',
			'listenFds',
			'notify',
			'signal',
			'stdio',
		]);
	});
});

describe('run', () => {
	test('in the foreground: relays, waits, deletes, and ends as the container did', async () => {
		const { status, runtime } = await call(['run', '-b', '/b', 'web1'], { ending: { code: 37, signal: null } });
		expect(status).toBe(37);
		expect(names(runtime.calls)).toEqual(['run', 'wait', 'dispose']);
		expect(runtime.of('run')[0]?.[3]).toMatchObject({ terminal: 'relay', subreaper: true, stdio: 'inherit' });
	});

	test('128 + the signal that ended it', async () => {
		expect((await call(['run', 'web1'], { ending: { code: null, signal: 9 } })).status).toBe(137);
	});

	test('--detach returns at once and lets go', async () => {
		const { status, runtime } = await call(['run', '-d', 'web1'], { ending: { code: 37, signal: null } });
		expect(status).toBe(0);
		expect(names(runtime.calls)).toEqual(['run', 'detach', 'dispose']);
		expect(runtime.of('run')[0]?.[3]).toMatchObject({ detach: true });
		expect(runtime.of('run')[0]?.[3]).not.toHaveProperty('terminal');
	});

	test('--keep and -no-subreaper', async () => {
		const { status, runtime } = await call(['run', '--keep', '-no-subreaper', 'web1'], {
			ending: { code: 3, signal: null },
		});
		expect(status).toBe(3);
		expect(names(runtime.calls)).toEqual(['run', 'wait', 'detach', 'dispose']);
		expect(runtime.of('run')[0]?.[3]).toMatchObject({ keep: true, subreaper: false });
	});

	test('a failure on the way is announced, and what was made is deleted', async () => {
		const { status, stderr, runtime } = await call(['run', 'web1'], {
			failing: { wait: new TsrunError('ERR_SYSTEM', 'lost it') },
		});
		expect(status).toBe(1);
		expect(stderr).toMatch(/^tsrun run failed: lost it/);
		expect(names(runtime.calls)).toContain('dispose');
	});

	test('a container that cannot be started, which the library deletes', async () => {
		const failing = { run: new TsrunError('ERR_HOOK_FAILED', 'poststart hook failed') };
		for (const words of [['run'], ['run', '--detach']]) {
			const { status, stderr, runtime } = await call([...words, 'web1'], { failing });
			expect(status).toBe(1);
			expect(stderr).toMatch(/^tsrun run failed: poststart hook failed/);
			expect(names(runtime.calls)).toEqual(['run']);
		}
	});

	test('signals go to the container while it runs', async () => {
		const { promise, end } = openEnding();
		const before = process.listenerCount('SIGTERM');
		const running = call(['run', 'web1'], { ending: promise });
		while (process.listenerCount('SIGUSR1') === 0) await new Promise(setImmediate);
		process.emit('SIGUSR1', 'SIGUSR1');
		end({ code: 0, signal: null });
		const { runtime } = await running;
		expect(runtime.of('kill')).toEqual([['kill', constants.signals.SIGUSR1]]);
		expect(process.listenerCount('SIGTERM')).toBe(before);
	});

	test('a signal that comes too late is no failure', async () => {
		const { promise, end } = openEnding();
		const failing = { kill: new TsrunError('ERR_WRONG_STATUS', 'container not running') };
		const running = call(['run', 'web1'], { ending: promise, failing });
		while (process.listenerCount('SIGUSR1') === 0) await new Promise(setImmediate);
		process.emit('SIGUSR1', 'SIGUSR1');
		end({ code: 0, signal: null });
		expect(await running).toMatchObject({ status: 0, stderr: '' });
	});
});

describe('exec', () => {
	const asked = async (...words: string[]) => {
		const { runtime, stderr } = await call(['exec', ...words]);
		return runtime.of('exec')[0] ?? stderr;
	};

	test('words behind the id belong to the program', async () => {
		expect(await asked('-t', 'web1', 'ls', '-t', '--detach', '--', '-x')).toEqual([
			'exec',
			['ls', '-t', '--detach', '--', '-x'],
			{ stdio: 'inherit', terminal: 'relay', tty: true, signal: expect.any(AbortSignal) },
		]);
	});

	test('every option', async () => {
		const words =
			'-d --pid-file p --console-socket s --pidfd-socket f -u 1:2 -g 3 -g=4 -e A=1,2 -e B= --cwd /w -c CAP_CHOWN --cap CAP_KILL ' +
			'--no-new-privs --process-label L --apparmor P --preserve-fds 1 --cgroup cpu,cpuacct:a --cgroup memory:b --ignore-paused web1 sh';
		expect(await asked(...words.split(' '))).toEqual([
			'exec',
			['sh'],
			{
				stdio: 'inherit',
				detach: true,
				tty: false,
				pidFile: resolve('p'),
				consoleSocket: 's',
				pidfdSocket: 'f',
				user: { uid: 1, gid: 2, additionalGids: [3, 4] },
				env: ['A=1,2', 'B='],
				cwd: '/w',
				capabilities: ['CAP_CHOWN', 'CAP_KILL'],
				noNewPrivileges: true,
				processLabel: 'L',
				apparmor: 'P',
				preserveFds: 1,
				cgroup: ['cpu,cpuacct:a', 'memory:b'],
				ignorePaused: true,
				signal: expect.any(AbortSignal),
			},
		]);
	});

	test('--no-new-privs=false is told from not given', async () => {
		expect((await asked('--no-new-privs=false', 'web1', 'sh'))[2]).toMatchObject({ noNewPrivileges: false });
		expect((await asked('web1', 'sh'))[2]).not.toHaveProperty('noNewPrivileges');
	});

	test('the status of the program, and 0 when detached', async () => {
		const ending = { code: 7, signal: null };
		expect((await call(['exec', 'web1', 'sh'], { ending })).status).toBe(7);
		expect((await call(['exec', '-d', 'web1', 'sh'], { ending })).status).toBe(0);
	});

	test.each([
		[['web1'], /^exec failed: exec args cannot be empty/],
		[['-u', 'root', 'web1', 'sh'], /^exec failed: invalid id "root" for --user/],
		[['-p', '/nonexistent', 'web1'], /^exec failed: cannot read --process \/nonexistent: .*no such file or directory/],
	])('%j', async (words, message) => {
		const { status, stderr, runtime } = await call(['exec', ...words]);
		expect(status).toBe(255);
		expect(stderr).toMatch(message);
		expect(runtime.of('exec')).toEqual([]);
	});

	describe('--process', () => {
		let folder: string;
		beforeEach(() => {
			folder = mkdtempSync(join(tmpdir(), 'tsrun-exec-'));
		});
		afterEach(() => rmSync(folder, { recursive: true }));

		test('as conmon calls it: the file says what runs, settings of the command line do not', async () => {
			const file = join(folder, 'process.json');
			const process = { args: ['sh', '-c', 'exit 3'], cwd: '/', env: ['A=1'], user: { uid: 0, gid: 0 } };
			writeFileSync(file, JSON.stringify(process));
			const [, given, options] = await asked(
				'--pid-file',
				'/p',
				'--process',
				file,
				'--detach',
				'--tty',
				'-e',
				'B=2',
				'web1',
			);
			expect(given).toMatchObject({ args: ['sh', '-c', 'exit 3'], env: ['A=1'] });
			expect(options).toEqual({ stdio: 'inherit', detach: true, pidFile: '/p', signal: expect.any(AbortSignal) });
		});
	});
});
