import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { scriptBundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import { ConsoleSocket } from '../harness/console-socket.js';
import { counted, countingBundle, countOf, countsOn, criu } from '../harness/criu.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const ok = { status: 0, stdout: '', stderr: '' };

/**
 * Calls tsrun with nothing to read and nowhere to write: the pipes that Node makes for its children are sockets, and no
 * container with the end of a foreign socket can be saved.
 */
function alone(args: readonly string[]): number | null {
	const [command, ...first] = program;

	return spawnSync(command, [...first, '--root', stateRoot(), ...args], {
		stdio: ['ignore', 'ignore', 'inherit'],
		timeout: 20_000,
	}).status;
}

/** Calls tsrun between two pipes of a shell. Its status comes in a line behind all that is shown. */
function piped(args: readonly string[]): ChildProcessByStdio<Writable, Readable, null> {
	const words = [...program, '--root', stateRoot(), ...args];
	return spawn('sh', ['-c', 'cat | { "$@"; echo "status $?"; } | cat', 'sh', ...words], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
}

describeWith([root, busybox, criu], 'checkpoint and restore, verb by verb', () => {
	let id: string;
	beforeEach(() => {
		id = containerId();
	});
	afterEach(async () => {
		await tsrun(['delete', '--force', id]);
	});

	test('with the words that containerd uses', async () => {
		const bundle = countingBundle();
		const [images, work, pidFile] = [scratch('images'), scratch('work'), join(scratch(), 'pid')];
		expect(alone(['run', '--detach', '--bundle', bundle.path, id])).toBe(0);
		await counted(bundle);
		expect(await tsrun(['checkpoint', '--image-path', images, '--work-path', work, id])).toMatchObject(ok);
		const saved = countOf(bundle);
		expect((await tsrun(['state', id])).status).toBe(1);
		expect(existsSync(join(work, 'dump.log'))).toBe(true);
		expect(await tsrun(['delete', '--force', id])).toMatchObject(ok);

		const words = ['restore', '--image-path', images, '--work-path', work, '--detach', '--pid-file', pidFile];
		expect(alone([...words, '-no-subreaper', '--bundle', bundle.path, id])).toBe(0);
		await countsOn(bundle, saved);
		const state = JSON.parse((await tsrun(['state', id])).stdout);
		expect(state).toMatchObject({ id, status: 'running', bundle: bundle.path });
		expect(readFileSync(pidFile, 'utf8')).toBe(String(state.pid));
		expect(existsSync(join(work, 'restore.log'))).toBe(true);
		expect(JSON.parse((await tsrun(['ps', '--format', 'json', id])).stdout)).toContain(state.pid);
		expect((await tsrun(['exec', id, 'sh', '-c', 'exit 9'])).status).toBe(9);
		expect((await tsrun(['events', '--stats', id])).status).toBe(0);
		expect(await tsrun(['kill', id, 'KILL'])).toMatchObject(ok);
	});

	test('in the foreground, with pipes and the status of the container', async () => {
		const { path } = scriptBundle('while read word; do echo "got $word"; done; exit 4');
		const images = scratch('images');
		const run = piped(['run', '--bundle', path, id]);
		const shown = createInterface(run.stdout)[Symbol.asyncIterator]();
		try {
			run.stdin.write('one\n');
			expect((await shown.next()).value).toBe('got one');
			expect(await tsrun(['checkpoint', '--image-path', images, id])).toMatchObject(ok);
			// The program was killed as far as `run` can tell.
			expect((await shown.next()).value).toBe('status 137');
		} finally {
			run.stdin.end();
		}

		const restored = piped(['restore', '--image-path', images, '--bundle', path, id]);
		restored.stdin.end('two\n');
		expect(await text(restored.stdout)).toBe('got two\nstatus 4\n');
		expect((await tsrun(['state', id])).status).toBe(1);
	});

	test('a terminal by a console socket', async () => {
		using console = new ConsoleSocket();
		const bundle = countingBundle((config) => {
			config.process.terminal = true;
		});
		const images = scratch('images');
		const words = ['--detach', '--bundle', bundle.path, '--console-socket', console.path];
		expect(await tsrun(['run', ...words, id])).toMatchObject(ok);
		const before = await console.receive();
		await counted(bundle);
		expect(await tsrun(['checkpoint', '--image-path', images, id])).toMatchObject(ok);
		before.terminal.close();
		const saved = countOf(bundle);
		expect(await tsrun(['restore', ...words, '--image-path', images, id])).toMatchObject(ok);
		const after = await console.receive();
		await countsOn(bundle, saved);
		after.terminal.close();
	});

	test('--leave-running, given twice as Podman does; and in ./checkpoint where nothing is said', async () => {
		const bundle = countingBundle();
		const cwd = scratch('current');
		expect(alone(['run', '-d', '-b', bundle.path, id])).toBe(0);
		await counted(bundle);
		expect(await tsrun(['checkpoint', '--leave-running', '--leave-running', id], { cwd })).toMatchObject(ok);
		expect(existsSync(join(cwd, 'checkpoint/inventory.img'))).toBe(true);
		expect(JSON.parse((await tsrun(['state', id])).stdout).status).toBe('running');
	});

	test('a failure is one error that names the log', async () => {
		const bundle = countingBundle();
		const images = scratch('images');
		const log = join(scratch(), 'log');
		expect(alone(['run', '-d', '-b', bundle.path, id])).toBe(0);
		await counted(bundle);
		expect(await tsrun(['checkpoint', '--image-path', images, id])).toMatchObject(ok);
		const words = ['--log', log, '--log-format', 'json', 'restore', '-d', '-b', join(bundle.path, 'none')];
		expect(await tsrun([...words, '--image-path', images, id])).toMatchObject({ status: 1, stdout: '' });
		const entry = JSON.parse(readFileSync(log, 'utf8'));
		expect(entry).toMatchObject({ level: 'error', msg: expect.stringMatching(/^tsrun restore failed: /) });
	});
});
