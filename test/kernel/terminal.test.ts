import { execFileSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { scriptBundle } from '../harness/bundle.js';
import { ConsoleSocket, shownBy } from '../harness/console-socket.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

function terminalBundle(script: string, size?: { height: number; width: number }) {
	return scriptBundle(script, (config) => {
		config.process.terminal = true;
		if (size !== undefined) config.process['consoleSize'] = size;
	});
}

/** What a script shows on the library's terminal. */
async function shown(script: string, size?: { height: number; width: number }): Promise<string> {
	const { path } = terminalBundle(script, size);
	await using container = await newRuntime().run(containerId(), path, { stdio: 'pipe' });
	if (container.terminal === null) throw new Error('there is no terminal');
	const output = await shownBy(container.terminal);
	expect(await container.wait()).toEqual({ code: 0, signal: null });
	return output;
}

const masters = () =>
	readdirSync('/proc/self/fd').filter((fd) => {
		try {
			return /^\/dev\/(ptmx|pts)/.test(readlinkSync(`/proc/self/fd/${fd}`));
		} catch {
			return false;
		}
	});

describeWith([root, busybox], 'process.terminal', () => {
	test('all three streams are one terminal of the container’s own devpts', async () => {
		expect(await shown('for fd in 0 1 2; do readlink /proc/self/fd/$fd; done; tty')).toBe(
			'/dev/pts/0\n/dev/pts/0\n/dev/pts/0\n/dev/pts/0\n',
		);
	});

	test('it is the controlling terminal, and this the foreground', async () => {
		// stat(5): the process group, the terminal (136:0), and the process group in its foreground.
		expect(await shown('echo text > /dev/tty; cut -d" " -f5,7,8 /proc/$$/stat')).toBe('text\n1 34816 1\n');
	});

	test('/dev/console is the same', async () => {
		expect(await shown('echo on the console > /dev/console; stat -c %t:%T /dev/console')).toBe(
			'on the console\n88:0\n',
		);
	});

	test('it belongs to the user, and to the group that devpts gives terminals', async () => {
		const { path } = scriptBundle('stat -c "%u %g %a" /dev/pts/0', (config) => {
			config.process.terminal = true;
			config.process.user = { uid: 1000, gid: 1000 };
		});
		await using container = await newRuntime().run(containerId(), path, { stdio: 'pipe' });
		if (container.terminal === null) throw new Error('there is no terminal');
		expect(await shownBy(container.terminal)).toBe('1000 5 620\n');
	});

	test.each([
		[{ height: 31, width: 77 }, '31 77\n'],
		[{ height: 2, width: 1000 }, '2 1000\n'],
	])('consoleSize %j', async (size, seen) => {
		expect(await shown('stty size', size)).toBe(seen);
	});

	test('consoleSize without a terminal says nothing', async () => {
		const { path } = scriptBundle('true', (config) => {
			config.process['consoleSize'] = { height: 10, width: 10 };
		});
		await using container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
		expect(await container.wait()).toEqual({ code: 0, signal: null });
	});

	test('what is typed is read, and a resize is a signal', async () => {
		const script =
			'trap "stty size; resized=yes" WINCH; echo ready; until [ "$resized" ]; do sleep 0.05; done; read -r line; echo "read $line"; cat';
		const { path } = terminalBundle(script);
		await using container = await newRuntime().run(containerId(), path, { stdio: 'pipe' });
		const { terminal } = container;
		if (terminal === null) throw new Error('there is no terminal');
		let seen = '';
		const until = async (word: string) => {
			for await (const chunk of terminal.output.iterator({ destroyOnReturn: false })) {
				seen += String(chunk);
				if (seen.includes(word)) return;
			}
		};
		await until('ready');
		terminal.resize(50, 120);
		await until('50 120');
		terminal.input.write('some words\n');
		await until('read some words');
		// Control-D ends the input.
		terminal.input.write('\u0004');
		expect(await container.wait()).toEqual({ code: 0, signal: null });
	});

	test('control-C interrupts the program', async () => {
		const { path } = terminalBundle('trap "echo interrupted; exit 3" INT; echo ready; while :; do sleep 0.05; done');
		await using container = await newRuntime().run(containerId(), path, { stdio: 'pipe' });
		const { terminal } = container;
		if (terminal === null) throw new Error('there is no terminal');
		let seen = '';
		for await (const chunk of terminal.output.iterator({ destroyOnReturn: false })) {
			seen += String(chunk);
			if (seen.includes('ready')) break;
		}
		terminal.input.write('\u0003');
		expect(await shownBy(terminal)).toContain('interrupted');
		expect(await container.wait()).toEqual({ code: 3, signal: null });
	});

	test('in a user namespace', async () => {
		const { path } = scriptBundle('tty; stat -c %u /dev/pts/0', (config) => {
			const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
			config.process.terminal = true;
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
		});
		await using container = await newRuntime().run(containerId(), path, { stdio: 'pipe' });
		if (container.terminal === null) throw new Error('there is no terminal');
		expect(await shownBy(container.terminal)).toBe('/dev/pts/0\n0\n');
	});

	test('a create that fails after the terminal was made closes it', async () => {
		const { path } = scriptBundle('true', (config) => {
			config.process.terminal = true;
			config.process.args = ['/no/such/program'];
		});
		const before = masters();
		expect(await failureOf(newRuntime().create(containerId(), path, { stdio: 'pipe' }))).toMatchObject({
			code: 'ERR_EXECUTABLE',
		});
		expect(masters()).toEqual(before);
	});

	test('a run whose program cannot be started closes it, too', async () => {
		const { path } = scriptBundle('true', (config) => {
			config.process.terminal = true;
			config.hooks = { startContainer: [{ path: '/bin/false' }] };
		});
		const before = masters();
		expect(await failureOf(newRuntime().run(containerId(), path, { stdio: 'pipe' }))).toMatchObject({
			code: 'ERR_HOOK_FAILED',
		});
		expect(masters()).toEqual(before);
	});
});

describeWith([root, busybox], 'a console socket', () => {
	test('is sent the master and the name of the terminal, before the pid file is there', async () => {
		using socket = new ConsoleSocket();
		const { path } = terminalBundle('stty size; read -r line; echo "read $line"', { height: 12, width: 34 });
		await using container = await newRuntime().create(containerId(), path, { consoleSocket: socket.path });
		const { terminal, name } = await socket.receive();
		using _open = terminal;
		expect(name).toBe('/dev/pts/0');
		await container.start();
		terminal.input.write('words\n');
		expect(await shownBy(terminal)).toMatch(/^(words\n)?12 34\n(words\n)?read words\n$/);
	});

	test('for exec as well', async () => {
		using socket = new ConsoleSocket();
		await using container = await newRuntime().run(containerId(), scriptBundle('sleep 600').path, { stdio: 'ignore' });
		const handle = await container.exec(['tty'], { tty: true, consoleSocket: socket.path });
		const { terminal } = await socket.receive();
		using _open = terminal;
		expect(await shownBy(terminal)).toBe('/dev/pts/0\n');
		expect(await handle.wait()).toEqual({ code: 0, signal: null });
	});

	test('that nobody listens on is an error, and nothing is left', async () => {
		const { path } = terminalBundle('true');
		const error = await failureOf(newRuntime().create(containerId(), path, { consoleSocket: '/nonexistent/socket' }));
		expect(error).toMatchObject({ code: 'ERR_CONSOLE', path: '/nonexistent/socket', errno: 'ENOENT' });
	});
});

// CVE-2025-52565
describeWith([root, busybox], 'an image with things in the way of its terminal', () => {
	test('/dev/console as a symlink is refused', async () => {
		const box = scriptBundle('true', (config) => {
			config.process.terminal = true;
			config.root.readonly = false;
			config.mounts = config.mounts.filter(({ destination }) => destination !== '/dev');
		});
		execFileSync('sh', ['-euc', 'mkdir -p dev/pts dev/shm dev/mqueue; ln -s /etc/passwd dev/console'], {
			cwd: box.rootfs,
		});
		const before = execFileSync('cat', [`${box.rootfs}/etc/passwd`], { encoding: 'utf8' });
		expect(await failureOf(newRuntime().create(containerId(), box.path, { stdio: 'pipe' }))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: '/process/terminal',
		});
		expect(execFileSync('cat', [`${box.rootfs}/etc/passwd`], { encoding: 'utf8' })).toBe(before);
	});

	test('without a devpts of its own there is no terminal', async () => {
		const { path } = scriptBundle('true', (config) => {
			config.process.terminal = true;
			config.mounts = config.mounts.filter(({ type }) => type !== 'devpts');
		});
		expect(await failureOf(newRuntime().create(containerId(), path, { stdio: 'pipe' }))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: '/process/terminal',
			path: '/dev/pts/ptmx',
		});
	});
});
