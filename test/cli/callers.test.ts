// The very calls of engines, as they were seen between them and a runtime: words, environment and descriptors.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Bundle, scriptBundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import { eventually } from '../harness/eventually.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const ok = { status: 0, stdout: '', stderr: '' };
/** A bundle whose script may write into its root. */
const writing = (script: string) =>
	scriptBundle(script, (config) => {
		config.root.readonly = false;
	});
const waiting = () => writing('trap "exit 3" TERM; echo >/ready; while :; do sleep 0.05; done');

const ids: string[] = [];
function newId(): string {
	const id = containerId();
	ids.push(id);
	return id;
}
afterEach(async () => {
	for (const id of ids.splice(0)) await tsrun(['delete', '--force', id]);
});

/** Waits until the program of {@link waiting} has set its trap. */
const trapSet = ({ rootfs }: Bundle) => eventually('the program is ready', () => existsSync(join(rootfs, 'ready')));

/** A process object of exec, in a file that its caller removes soon. */
function processFile(...args: string[]): string {
	const file = join(scratch(), 'process.json');
	writeFileSync(file, JSON.stringify({ user: { uid: 0, gid: 0 }, args, env: ['PATH=/bin'], cwd: '/' }));
	return file;
}

/** Calls `tsrun` with descriptors from 3 on that are not close-on-exec; its status. */
async function callWithOpen(files: readonly string[], env: Record<string, string>, args: readonly string[]) {
	const open = files.map((file) => openSync(file, 'r'));
	const [command, ...first] = program;
	const child = spawn(command, [...first, '--root', stateRoot(), ...args], {
		env,
		stdio: ['ignore', 'ignore', 'inherit', ...open],
	});
	for (const fd of open) closeSync(fd);
	const [status] = (await once(child, 'exit')) as [number | null];
	return status;
}

describeWith([root, busybox], 'containerd’s shim', () => {
	// An empty entry of LD_LIBRARY_PATH is the current folder, which is the bundle.
	const env = {
		PATH: process.env['PATH'] ?? '',
		LD_LIBRARY_PATH: '/opt/containerd/lib:',
		GOMAXPROCS: '2',
		TTRPC_ADDRESS: '/run/containerd/containerd.sock.ttrpc',
		OTEL_SERVICE_NAME: 'containerd-shim',
	};

	test('a whole life', async () => {
		const bundle = waiting();
		const [id, log, pidFile] = [newId(), join(bundle.path, 'log.json'), join(bundle.path, 'init.pid')];
		const call = (args: readonly string[], input = '') =>
			tsrun(['--log', log, '--log-format', 'json', ...args], { env, cwd: bundle.path, input });
		expect(await call(['create', '--bundle', bundle.path, '--pid-file', pidFile, id])).toMatchObject(ok);
		const pid = Number(readFileSync(pidFile, 'utf8'));
		expect(await call(['start', id])).toMatchObject(ok);
		await trapSet(bundle);

		const execPidFile = join(bundle.path, 'exec.pid');
		const exec = ['exec', '--process', processFile('sleep', '1000'), '--detach', '--pid-file', execPidFile, id];
		expect(await call(exec)).toMatchObject(ok);
		const second = Number(readFileSync(execPidFile, 'utf8'));
		const pids = JSON.parse((await call(['ps', '--format', 'json', id])).stdout);
		expect(pids).toEqual(expect.arrayContaining([pid, second]));

		expect(await call(['pause', id])).toMatchObject(ok);
		expect(await call(['resume', id])).toMatchObject(ok);
		expect(await call(['update', '--resources', '-', id], '{}')).toMatchObject(ok);
		expect(await call(['update', '--resources=-', id], '{}')).toMatchObject(ok);
		expect(await call(['kill', '--all', id, '9'])).toMatchObject(ok);
		await eventually('it has ended', async () => JSON.parse((await call(['state', id])).stdout).status === 'stopped');
		// What it asks again is no failure.
		expect(await call(['kill', '--all', id, '9'])).toMatchObject(ok);
		expect(await call(['delete', id])).toMatchObject(ok);
		expect(await call(['delete', '--force', id])).toMatchObject(ok);
		expect(readFileSync(log, 'utf8')).toBe('');
	});

	test('of a container that has ended, and of one that is gone, it hears what it looks for', async () => {
		const { path } = scriptBundle('true');
		const id = newId();
		await tsrun(['run', '--keep', '--bundle', path, id]);
		const ended = await tsrun(['kill', id, '15']);
		expect(ended.status).toBe(1);
		expect(ended.stderr).toMatch(/process already finished|container not running|no such process/i);
		await tsrun(['delete', id]);
		for (const verb of ['kill', 'delete', 'pause', 'resume', 'start', 'state']) {
			const gone = await tsrun([verb, id]);
			expect({ verb, status: gone.status, known: gone.stderr.includes('does not exist') }).toEqual({
				verb,
				status: 1,
				known: true,
			});
		}
	});

	test('the socket that it has open as 3 does not reach the container', async () => {
		const { path, rootfs } = writing('ls -l /proc/self/fd >/fds 2>/dev/null; env >/env');
		const id = newId();
		expect(await callWithOpen(['/dev/zero'], env, ['create', '--bundle', path, id])).toBe(0);
		expect(await tsrun(['start', id])).toMatchObject(ok);
		await eventually('it has ended', async () => JSON.parse((await tsrun(['state', id])).stdout).status === 'stopped');
		expect(readFileSync(join(rootfs, 'fds'), 'utf8')).not.toContain('/dev/zero');
		expect(readFileSync(join(rootfs, 'env'), 'utf8')).not.toMatch(/TTRPC|GOMAXPROCS|OTEL|LD_LIBRARY_PATH|_TSRUN/);
		await tsrun(['delete', id]);
	});

	test('restore with one dash in front of no-subreaper', async () => {
		const place = scratch('image');
		const words = ['restore', '--image-path', place, '--work-path', place, '--detach', '-no-subreaper'];
		const { status, stderr } = await tsrun([...words, '--bundle', scriptBundle('true').path, newId()]);
		expect(status).not.toBe(0);
		// Nothing was saved there; but all the words are known.
		expect(stderr).not.toMatch(/subreaper|unknown|Incorrect Usage/);
	});
});

describeWith([root, busybox], 'Podman and conmon', () => {
	// The only variable of kill, pause, resume and delete: no PATH, no HOME.
	const bare = { XDG_RUNTIME_DIR: '' };

	test('a whole life, with conmon’s variables and Buildah’s pipes', async () => {
		const bundle = writing(
			'ls -l /proc/self/fd >/fds 2>/dev/null; env >/env; trap "exit 3" TERM; echo >/ready; while :; do sleep 0.05; done',
		);
		const id = newId();
		const pidFile = join(bundle.path, 'pidfile');
		const conmon = { PATH: '/bin', _OCI_SYNCPIPE: '3', _OCI_STARTPIPE: '4', _OCI_ATTACHPIPE: '5' };
		const open = Array.from({ length: 13 }, () => '/dev/zero');
		expect(await callWithOpen(open, conmon, ['create', '--bundle', bundle.path, '--pid-file', pidFile, id])).toBe(0);
		expect(await tsrun(['start', id], { env: { ...bare, PATH: '/bin' } })).toMatchObject(ok);
		await trapSet(bundle);
		expect(readFileSync(join(bundle.rootfs, 'fds'), 'utf8')).not.toContain('/dev/zero');
		expect(readFileSync(join(bundle.rootfs, 'env'), 'utf8')).not.toMatch(/_OCI_|XDG_RUNTIME_DIR/);

		const execPidFile = join(bundle.path, 'exec-pid');
		const exec = [
			'exec',
			'--pid-file',
			execPidFile,
			'--process',
			processFile('sleep', '1000'),
			'--detach',
			'--tty=false',
			id,
		];
		expect(await tsrun(exec, { env: conmon })).toMatchObject(ok);
		expect(readFileSync(execPidFile, 'utf8')).toMatch(/^\d+$/);

		const resources = join(bundle.path, 'resources.json');
		writeFileSync(resources, '{}');
		expect(await tsrun(['update', `--resources=${resources}`, id], { env: { ...bare, PATH: '/bin' } })).toMatchObject(
			ok,
		);
		expect(await tsrun(['pause', id], { env: bare })).toMatchObject(ok);
		expect(await tsrun(['resume', id], { env: bare })).toMatchObject(ok);
		expect(await tsrun(['kill', id, '15'], { env: bare })).toMatchObject(ok);
		await eventually('it has ended', async () => JSON.parse((await tsrun(['state', id])).stdout).status === 'stopped');
		expect(await tsrun(['delete', '--force', id], { env: bare })).toMatchObject(ok);
		expect(await tsrun(['delete', '--force', id], { env: bare })).toMatchObject(ok);
	});

	test('checkpoint --help, by which Podman asks whether there is such a verb', async () => {
		expect(await tsrun(['checkpoint', '--help'], { env: bare, root: false })).toMatchObject({ status: 0, stderr: '' });
	});

	// Podman's own patterns, and the exit status it takes from them.
	const denied = /permission denied|operation not permitted/i;
	const missing = /executable file not found in|no such file or directory|open executable/i;

	test.each([
		['not in the PATH', 'nosuch', missing],
		['not there', '/nosuch', missing],
		['not executable', '/etc/passwd', denied],
	])(
		'the log of create and exec has one object with words that Podman knows: a program that is %s',
		async (_, word, pattern) => {
			const bundle = waiting();
			const [id, log] = [newId(), join(scratch(), 'oci-log')];
			const call = (...args: string[]) =>
				tsrun(['--log-format=json', '--log', log, ...args], { env: { PATH: '/bin' } });
			const { path } = scriptBundle('', (config) => {
				config.process.args = [word];
			});
			expect((await call('create', '--bundle', path, '--pid-file', join(path, 'pid'), newId())).status).toBe(1);
			expect(soleEntry(log)).toMatchObject({
				level: 'error',
				msg: expect.stringMatching(pattern),
				time: expect.any(String),
			});

			writeFileSync(log, '');
			await tsrun(['run', '--detach', '--bundle', bundle.path, id]);
			const pidFile = join(bundle.path, 'exec-pid');
			const exec = await call('exec', '--pid-file', pidFile, '--process', processFile(word), '--detach', id);
			expect([1, 255]).toContain(exec.status);
			expect(existsSync(pidFile)).toBe(false);
			expect(soleEntry(log)).toMatchObject({ level: 'error', msg: expect.stringMatching(pattern) });
		},
	);

	/** Podman reads the file as one JSON value. */
	function soleEntry(log: string): unknown {
		return JSON.parse(readFileSync(log, 'utf8'));
	}

	test('exec in a paused container is refused in the words that Podman looks for', async () => {
		const bundle = waiting();
		const id = newId();
		await tsrun(['run', '--detach', '--bundle', bundle.path, id]);
		expect(await tsrun(['pause', id])).toMatchObject(ok);
		const { status, stderr } = await tsrun(['exec', id, 'true']);
		expect(status).toBe(255);
		expect(stderr).toContain('cannot exec in a paused container (use --ignore-paused to override)');
	});
});

describeWith([root, busybox], 'BuildKit, Buildah, CRI-O', () => {
	test('BuildKit: run with a log and --keep, then delete', async () => {
		const { path } = scriptBundle('exit 9');
		const [id, log] = [newId(), join(scratch(), 'log')];
		const globals = ['--log', log, '--log-format', 'json'];
		expect((await tsrun([...globals, 'run', '--bundle', path, '--keep', id])).status).toBe(9);
		expect(await tsrun([...globals, 'delete', id])).toMatchObject(ok);
		expect(readFileSync(log, 'utf8')).toBe('');
	});

	test('Buildah: state has all it decodes, until the end', async () => {
		const { path, rootfs } = scriptBundle('exit 0');
		const id = newId();
		await tsrun(['create', '--bundle', path, '--pid-file', join(path, 'pid'), id]);
		const state = JSON.parse((await tsrun(['state', id])).stdout);
		expect(state).toMatchObject({ id, status: 'created', bundle: path, rootfs, owner: '' });
		expect(state).toMatchObject({
			ociVersion: expect.any(String),
			created: expect.any(String),
			pid: expect.any(Number),
		});
		await tsrun(['start', id]);
		await eventually('it has ended', async () => JSON.parse((await tsrun(['state', id])).stdout).status === 'stopped');
		expect(JSON.parse((await tsrun(['state', id])).stdout)).toMatchObject({ pid: 0, status: 'stopped' });
		expect(await tsrun(['delete', id])).toMatchObject(ok);
	});

	test('CRI-O: kill by a name, and exec in the foreground with the program’s status', async () => {
		const bundle = waiting();
		const id = newId();
		await tsrun(['run', '--detach', '--bundle', bundle.path, id]);
		await trapSet(bundle);
		expect((await tsrun(['exec', '--process', processFile('sh', '-c', 'exit 7'), id])).status).toBe(7);
		expect(await tsrun(['kill', id, 'TERM'])).toMatchObject(ok);
		await eventually('it has ended', async () => JSON.parse((await tsrun(['state', id])).stdout).status === 'stopped');
		expect(await tsrun(['delete', '--force', id])).toMatchObject(ok);
	});
});

test('Docker: the version is in the lines that it looks for', async () => {
	const { stdout, status } = await tsrun(['--version'], { root: false, env: {} });
	expect(status).toBe(0);
	expect(stdout).toMatch(new RegExp(`^${basename('/usr/local/bin/tsrun')} version \\d+\\.\\d+\\.\\d+\\n`));
	expect(stdout).toMatch(/^spec: \d+\.\d+\.\d+$/m);
});
