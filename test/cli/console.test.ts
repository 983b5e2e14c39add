import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import { ConsoleSocket } from '../harness/console-socket.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';
import { Screen, tmux } from '../harness/tmux.js';
import { traced, tracer } from '../harness/traced-calls.js';

const ok = { status: 0, stdout: '', stderr: '' };
const terminalBundle = (script: string) =>
	scriptBundle(script, (config) => {
		config.process.terminal = true;
	});

describeWith([root, busybox], 'a console socket', () => {
	let id: string;
	beforeEach(() => {
		id = containerId();
	});
	afterEach(async () => {
		await tsrun(['delete', '--force', id]);
	});

	test('is no use in the foreground, and is refused', async () => {
		using socket = new ConsoleSocket();
		const { path } = terminalBundle('true');
		const { status, stderr } = await tsrun(['run', '--bundle', path, '--console-socket', socket.path, id]);
		expect(status).toBe(1);
		expect(stderr).toMatch(/^tsrun run failed: cannot use console socket if tsrun will not detach or allocate tty/);
	});

	describe('of a program without a terminal, or in the foreground, is refused', () => {
		const words = 'cannot use console socket if tsrun will not detach or allocate tty';

		test.each([[['create']], [['run', '--detach']], [['run']]])('%j', async (verb) => {
			using socket = new ConsoleSocket();
			const { path } = scriptBundle('true');
			const { status, stderr } = await tsrun([...verb, '--bundle', path, '--console-socket', socket.path, id]);
			expect({ status, stderr }).toEqual({
				status: 1,
				stderr: expect.stringMatching(new RegExp(`^tsrun ${verb[0]} failed: ${words}`)),
			});
			expect(await tsrun(['state', id])).toMatchObject({ status: 1, stdout: '' });
		});

		test.each([[[]], [['--detach']], [['--tty']]])('exec %j', async (flags) => {
			expect(await tsrun(['run', '-d', '--bundle', scriptBundle('sleep 600').path, id])).toMatchObject(ok);
			using socket = new ConsoleSocket();
			const pidFile = join(scratch(), 'pid');
			const told = [...flags, '--console-socket', socket.path, '--pid-file', pidFile];
			const { status, stdout, stderr } = await tsrun(['exec', ...told, id, 'echo', 'ran']);
			expect({ status, stdout, stderr }).toEqual({
				status: 255,
				stdout: '',
				stderr: expect.stringMatching(new RegExp(`^exec failed: ${words}`)),
			});
			expect(existsSync(pidFile)).toBe(false);
		});

		test('exec --process, of a process that has none', async () => {
			expect(await tsrun(['run', '-d', '--bundle', scriptBundle('sleep 600').path, id])).toMatchObject(ok);
			using socket = new ConsoleSocket();
			const file = join(scratch(), 'process.json');
			const process = { args: ['true'], cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 } };
			writeFileSync(file, JSON.stringify(process));
			const told = ['--process', file, '--detach', '--console-socket', socket.path];
			const { status, stderr } = await tsrun(['exec', ...told, id]);
			expect({ status, stderr }).toEqual({ status: 255, stderr: expect.stringContaining(words) });
		});
	});

	// The address of a socket has 107 bytes: engines with deep directories give a short word in their own one.
	test('may have a relative path, in a directory whose own path is too long for a socket', async () => {
		using socket = new ConsoleSocket();
		const cwd = join(scratch(), 'd'.repeat(120));
		mkdirSync(cwd);
		symlinkSync(socket.path, join(cwd, 'attach'));
		const { path } = terminalBundle('true');
		const words = ['create', '--bundle', path, '--console-socket', 'attach', id];
		expect(await tsrun(words, { cwd })).toMatchObject(ok);
		const { terminal, name } = await socket.receive();
		expect(name).toBe('/dev/pts/0');
		terminal.close();
	});

	describeWith([tracer], 'and the pid file', () => {
		// conmon takes the pid file for the sign that all is there, and go-runc reads it as soon as it can.
		test('the terminal is sent first, and the file comes whole, by its name', async () => {
			using socket = new ConsoleSocket();
			const { path } = terminalBundle('true');
			const pidFile = join(scratch(), 'init.pid');
			const words = ['create', '--bundle', path, '--console-socket', socket.path, '--pid-file', pidFile, id];
			const { result, calls } = await traced(words);
			expect(result).toMatchObject(ok);
			(await socket.receive()).terminal.close();
			const sent = calls.findIndex(({ name, text }) => name === 'sendmsg' && /SCM_RIGHTS/.test(text));
			const named = calls.filter(
				({ text }) => text.includes(`"${pidFile}"`) || text.includes(`"${basename(pidFile)}"`),
			);
			expect(named.map(({ name }) => name)).toEqual([expect.stringMatching(/^rename(at2?)?$/)]);
			expect(sent).toBeGreaterThan(0);
			expect(calls.findIndex(({ text }) => text === named[0]?.text)).toBeGreaterThan(sent);
			expect(readFileSync(pidFile, 'utf8')).toMatch(/^\d+$/);
		});
	});
});

describeWith([root, busybox, tmux], 'the foreground in a window', () => {
	test('another size is heard of inside, and keys are the program’s', async () => {
		const { path } = terminalBundle(
			'trap "stty size" WINCH; trap "echo interrupted; exit 4" INT; stty size; while :; do sleep 0.05; done',
		);
		using screen = new Screen([...program, '--root', stateRoot(), 'run', '--bundle', path, containerId()], [80, 20]);
		await screen.shows(/^20 80$/m);
		screen.resize(61, 13);
		await screen.shows(/^13 61$/m);
		screen.type('C-c');
		expect(await screen.ended()).toBe(4);
		expect(screen.text()).toContain('interrupted');
	});
});
