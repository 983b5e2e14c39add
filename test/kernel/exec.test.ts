import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ExecOptions, OwnedContainer, Process } from '../../lib/index.js';
import { native } from '../../lib/native/index.js';
import { scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { shownBy } from '../harness/console-socket.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { namespacesOf, parseNamespaces, printNamespaces } from '../harness/namespaces.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

/** A container whose program does nothing. */
function idle(edit: (config: Config) => void = () => {}): Promise<OwnedContainer> {
	return newRuntime().run(containerId(), scriptBundle('sleep 600', edit).path, { stdio: 'ignore' });
}

/** What a program prints that is run beside the container's own; it has to end with 0 and say nothing on stderr. */
async function output(
	container: OwnedContainer,
	program: readonly string[] | Process,
	options: ExecOptions = {},
): Promise<string> {
	const handle = await container.exec(program, { stdio: 'pipe', ...options });
	if (handle.stdout === null || handle.stderr === null) throw new Error('there is no pipe');
	const [stdout, stderr] = await Promise.all([text(handle.stdout), text(handle.stderr)]);
	expect({ ...(await handle.wait()), stderr }).toEqual({ code: 0, signal: null, stderr: '' });
	return stdout.trimEnd();
}

const shell = (script: string) => ['sh', '-c', script];

function everyNamespace(config: Config): void {
	const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
	config.linux.namespaces = ['pid', 'mount', 'network', 'ipc', 'uts', 'cgroup', 'time', 'user'].map((type) => ({
		type,
	}));
	Object.assign(config.linux, {
		uidMappings: mappings,
		gidMappings: mappings,
		timeOffsets: { boottime: { secs: 1000000 } },
	});
}

describeWith([root, busybox], 'exec joins', () => {
	test.each([
		['all eight namespaces of a container', everyNamespace],
		['those of the default configuration', () => {}],
		[
			'a mount namespace alone',
			(config: Config) => {
				config.linux.namespaces = [{ type: 'mount' }];
				delete config.hostname;
			},
		],
	])('%s', async (_, edit) => {
		await using container = await idle(edit);
		const theirs = parseNamespaces(await output(container, shell(printNamespaces)));
		expect(theirs).toEqual(namespacesOf(container.pid));
	});

	test('the root of a container without a mount namespace', async () => {
		await using container = await idle((config) => {
			config.linux = { namespaces: [{ type: 'pid' }] };
			config.mounts = [];
			config.root.readonly = false;
			delete config.hostname;
		});
		expect(await output(container, shell('ls /home; pwd'))).toBe('user\n/');
	});

	test('a container that is created and not started', async () => {
		await using container = await newRuntime().create(containerId(), scriptBundle('true').path, { stdio: 'ignore' });
		expect(await output(container, shell('hostname'))).toBe('tsrun');
		expect(await container.state()).toMatchObject({ status: 'created' });
	});

	test('the session keyring of the container', async () => {
		await using container = await idle((config) => void Object.assign(config.linux, { maskedPaths: [] }));
		expect(await output(container, shell('grep -o "_ses[^:]*" /proc/keys'))).toContain(`_ses.${container.id}`);
	});
});

describeWith([root, busybox], 'exec gives its program', () => {
	test('environment and directory of the container’s own, and what is added', async () => {
		await using container = await idle((config) => {
			config.process.env.push('OWN=1', 'BOTH=container');
			config.process.cwd = '/usr';
		});
		const options = { env: ['ADDED=2', 'BOTH=exec'] };
		const script = 'echo $OWN $ADDED $BOTH $HOME; pwd';
		expect(await output(container, shell(script), options)).toBe('1 2 exec /root\n/usr');
		expect(await output(container, shell('pwd'), { cwd: '/etc' })).toBe('/etc');
	});

	test('another user with other groups, and their home', async () => {
		await using container = await idle();
		const user = { uid: 1000, gid: 1001, additionalGids: [5, 6] };
		expect(await output(container, shell('id -u; id -g; id -G; echo $HOME'), { user })).toBe(
			'1000\n1001\n1001 5 6\n/home/user',
		);
	});

	test('the group of the container’s own where the user comes without one', async () => {
		await using container = await idle((config) => {
			config.process.user = { uid: 7, gid: 8 };
		});
		expect(await output(container, shell('id -u; id -g'), { user: { uid: 1000 } })).toBe('1000\n8');
		expect(await output(container, shell('id -u; id -g'))).toBe('7\n8');
	});

	test('its capabilities, and those that are added, never as inheritable ones', async () => {
		await using container = await idle();
		const sets = 'grep ^Cap /proc/self/status | cut -f2';
		const [inheritable, permitted, effective, bounding, ambient] = (
			await output(container, shell(sets), { capabilities: ['CAP_CHOWN', 'CAP_SYS_CHROOT'] })
		)
			.split('\n')
			.map((set) => BigInt(`0x${set}`));
		// CVE-2022-29162
		expect([inheritable, ambient]).toEqual([0n, 0n]);
		const expected = (1n << 0n) | (1n << 18n) | (1n << 5n) | (1n << 10n) | (1n << 29n);
		expect([permitted, effective, bounding]).toEqual([expected, expected, expected]);
	});

	test('no_new_privs where either asks for it', async () => {
		await using container = await idle((config) => {
			config.process['noNewPrivileges'] = false;
		});
		const flag = shell('grep NoNewPrivs /proc/self/status | cut -f2');
		expect(await output(container, flag)).toBe('0');
		expect(await output(container, flag, { noNewPrivileges: true })).toBe('1');
	});

	test('limits and mask of the container’s own', async () => {
		await using container = await idle((config) => {
			config.process['rlimits'] = [{ type: 'RLIMIT_NOFILE', soft: 66, hard: 99 }];
			config.process.user.umask = 0o027;
		});
		expect(await output(container, shell('grep "^Max open files" /proc/self/limits; umask'))).toMatch(
			/66\s+99.*\n0027$/s,
		);
	});

	test('three descriptors', async () => {
		await using container = await idle();
		expect(await output(container, shell('echo $(ls /proc/self/fd)'))).toBe('0 1 2 3');
	});

	test('a session of its own', async () => {
		await using container = await idle();
		// Field 6 of stat(5) is the session.
		expect(await output(container, shell('test $(cut -d" " -f6 /proc/$$/stat) = $$; echo $?'))).toBe('0');
	});

	test('what it reads', async () => {
		await using container = await idle();
		const handle = await container.exec(['cat'], { stdio: 'pipe' });
		handle.stdin?.end('through a pipe');
		if (handle.stdout === null) throw new Error('there is no pipe');
		expect(await text(handle.stdout)).toBe('through a pipe');
		await handle.wait();
	});

	test('a terminal', async () => {
		await using container = await idle();
		const handle = await container.exec(shell('tty; test -t 2 && echo yes'), { stdio: 'pipe', tty: true });
		if (handle.terminal === null) throw new Error('there is no terminal');
		expect(await shownBy(handle.terminal)).toBe('/dev/pts/0\nyes\n');
		handle.terminal.close();
		expect(await handle.wait()).toEqual({ code: 0, signal: null });
	});

	test('a whole process object, of which nothing comes from the container’s own', async () => {
		await using container = await idle((config) => void config.process.env.push('OWN=1'));
		const process: Process = {
			args: shell(
				`echo \${OWN-none} $MINE; pwd; id -u; umask; grep NoNewPrivs /proc/self/status | cut -f2; grep "^Max open files" /proc/self/limits`,
			),
			cwd: '/home/user',
			env: ['PATH=/bin', 'MINE=2'],
			user: { uid: 1000, gid: 1000, umask: 0o77 },
			noNewPrivileges: true,
			rlimits: [{ type: 'RLIMIT_NOFILE', soft: 33n, hard: 44n }],
		};
		expect(await output(container, process)).toMatch(/^none 2\n\/home\/user\n1000\n0077\n1\nMax open files\s+33\s+44/);
	});
});

describeWith([root, busybox], 'exec tells', () => {
	test('how its program ended', async () => {
		await using container = await idle();
		const ends = async (script: string) => (await container.exec(shell(script), { stdio: 'ignore' })).wait();
		expect(await ends('exit 42')).toEqual({ code: 42, signal: null });
		expect(await ends('kill -9 $$')).toEqual({ code: null, signal: 9 });
	});

	test('its pid, in a file as well', async () => {
		await using container = await idle();
		const pidFile = join(scratch(), 'pid');
		const handle = await container.exec(['sleep', '600'], { stdio: 'ignore', pidFile });
		expect(readFileSync(pidFile, 'utf8')).toBe(String(handle.pid));
		expect(await container.ps()).toContain(handle.pid);
		handle.kill(15);
		expect(await handle.wait()).toEqual({ code: null, signal: 15 });
		expect((await failureOf(Promise.resolve().then(() => handle.kill(15)))).code).toBe('ERR_WRONG_STATUS');
	});

	test.each([
		['a program that is not there', ['nosuchprogram'], 'executable file not found in $PATH'],
		['one with a path', ['/no/such/program'], 'no such file or directory'],
		['one that is no program', ['/etc/passwd'], 'permission denied'],
	])('of %s, and writes no pid file', async (_, program, message) => {
		await using container = await idle();
		const pidFile = join(scratch(), 'pid');
		const error = await failureOf(container.exec(program, { stdio: 'ignore', pidFile }));
		expect(error).toMatchObject({ code: 'ERR_EXECUTABLE', containerId: container.id });
		expect(error.message).toContain(message);
		expect(existsSync(pidFile)).toBe(false);
		expect(await container.ps()).toEqual([container.pid]);
	});

	test('of a directory that is not there', async () => {
		await using container = await idle();
		expect(await failureOf(container.exec(['true'], { stdio: 'ignore', cwd: '/no/such/place' }))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: '/process/cwd',
			errno: 'ENOENT',
		});
	});

	test('of a container that has stopped', async () => {
		await using container = await newRuntime().run(containerId(), scriptBundle('true').path, { stdio: 'ignore' });
		await container.wait();
		const error = await failureOf(container.exec(['true'], { stdio: 'ignore' }));
		expect(error).toMatchObject({ code: 'ERR_WRONG_STATUS', message: 'cannot exec in a stopped container' });
	});

	test('of a container that is paused, unless that is wanted', async () => {
		await using container = await idle();
		await container.pause();
		expect(await failureOf(container.exec(['true'], { stdio: 'ignore' }))).toMatchObject({ code: 'ERR_WRONG_STATUS' });
		await container.resume();
		expect(await (await container.exec(['true'], { stdio: 'ignore' })).wait()).toEqual({ code: 0, signal: null });
	});
});

describeWith([root, busybox], 'programs of exec that nobody waits for', () => {
	// pid_namespaces(7): a zombie that its parent, outside, does not take the status of would hold up init's end for ever.
	test('do not keep a container from ending', async () => {
		await using container = await idle();
		const handles = await Promise.all([1, 2, 3].map(() => container.exec(['true'], { stdio: 'ignore' })));
		await container.exec(['sleep', '600'], { stdio: 'ignore' });
		const start = Date.now();
		await container.delete({ force: true });
		expect(Date.now() - start).toBeLessThan(5000);
		for (const handle of handles) expect(await handle.wait()).toEqual({ code: 0, signal: null });
	});

	test('keep their status when a subreaper sweeps up what a container has left behind', async () => {
		const runtime = newRuntime();
		await using other = await idle();
		const handle = await other.exec(shell('exit 9'), { stdio: 'ignore' });
		const { path } = scriptBundle('sleep 0 & exit 0');
		try {
			await using container = await runtime.run(containerId(), path, { stdio: 'ignore', subreaper: true });
			await container.wait();
		} finally {
			native().setSubreaper(false);
		}
		expect(await handle.wait()).toEqual({ code: 9, signal: null });
	});
});

describeWith([root, busybox], 'many programs at once', () => {
	test('each has its own pipes and its own end', async () => {
		await using container = await idle();
		const numbers = Array.from({ length: 12 }, (_, index) => index);
		const results = await Promise.all(numbers.map((number) => output(container, shell(`echo ${number}`))));
		expect(results).toEqual(numbers.map(String));
	});
});
