import { eightAtATime } from '../harness/at-a-time.js';
import { terminalScript, typedLine } from '../harness/call.js';
import { watchStageOfTests } from '../harness/leftovers.js';
import { image, records, withPodman } from './engine.js';

withPodman((podman, runtime) => {
	const leftovers = watchStageOfTests(records);

	test('run: output, standard error, exit status', async () => {
		const result = await podman.call(['run', '--rm', image, 'sh', '-c', 'echo out; echo err >&2; exit 7']);
		expect(result).toEqual({ status: 7, stdout: 'out\n', stderr: 'err\n' });
	});

	test('run -i: standard input to its end', async () => {
		const result = await podman.call(['run', '--rm', '-i', image, 'cat'], { input: 'one\ntwo\n' });
		expect(result).toMatchObject({ status: 0, stdout: 'one\ntwo\n' });
	});

	test('run -it: size, keys, exit status', async () => {
		const words = ['run', '--rm', '-it', image, 'sh', '-c', terminalScript(5)];
		const { status, stdout } = await podman.atTerminal(words, typedLine);
		expect(status).toBe(5);
		expect(stdout).toContain('/dev/pts/0\r\n31 77\r\n');
		expect(stdout).toContain('<typed>\r\n');
	});

	test('create, start --attach, wait, logs', async () => {
		await podman.output('create', '--name', 'made', image, 'sh', '-c', 'echo once; exit 4');
		expect(await podman.call(['start', '--attach', 'made'])).toMatchObject({ status: 4, stdout: 'once\n' });
		expect(await podman.output('wait', 'made')).toBe('4');
		expect(await podman.output('logs', 'made')).toBe('once');
		expect(await podman.output('inspect', '--format', '{{.OCIRuntime}}', 'made')).toBe(runtime.name);
		await podman.output('rm', 'made');
	});

	test('stop, restart, kill', async () => {
		await using _box = await podman.start('stop');
		await podman.output('restart', 'stop');
		expect(await podman.output('exec', 'stop', 'echo', 'again')).toBe('again');
		await podman.output('stop', 'stop');
		expect(await podman.output('inspect', '--format', '{{.State.ExitCode}}', 'stop')).toBe('3');
		await podman.output('start', 'stop');
		await podman.output('kill', '--signal', 'KILL', 'stop');
		expect(await podman.output('wait', 'stop')).toBe('137');
	});

	test('pause and unpause', async () => {
		await using _box = await podman.start('pause');
		await podman.output('pause', 'pause');
		expect(await podman.output('inspect', '--format', '{{.State.Status}}', 'pause')).toBe('paused');
		expect((await podman.call(['exec', 'pause', 'true'])).status).not.toBe(0);
		await podman.output('unpause', 'pause');
		expect(await podman.output('exec', 'pause', 'echo', 'on')).toBe('on');
	});

	test('exec: output, status, user, directory, environment, standard input', async () => {
		await using _box = await podman.start('exec');
		const failing = await podman.call(['exec', 'exec', 'sh', '-c', 'echo in; exit 4']);
		expect(failing).toMatchObject({ status: 4, stdout: 'in\n' });
		const flags = ['--user', '1000:1000', '--workdir', '/tmp', '--env', 'NAME=value'];
		const script = 'id -u; id -g; pwd; echo $NAME';
		expect(await podman.output('exec', ...flags, 'exec', 'sh', '-c', script)).toBe('1000\n1000\n/tmp\nvalue');
		expect(await podman.call(['exec', '-i', 'exec', 'cat'], { input: 'in\n' })).toMatchObject({ stdout: 'in\n' });
	});

	test('exec -it', async () => {
		await using _box = await podman.start('exec-tty');
		const words = ['exec', '-it', 'exec-tty', 'sh', '-c', terminalScript(6)];
		const { status, stdout } = await podman.atTerminal(words, typedLine);
		expect(status).toBe(6);
		expect(stdout).toContain('<typed>\r\n');
	});

	test.each([
		['not in the PATH', 'nosuch', 127],
		['not there', '/nosuch', 127],
		['a folder', '/etc', 126],
		['not executable', '/etc/passwd', 126],
	])('exit status of run and exec of a program that is %s', async (_, program, expected) => {
		await using _box = await podman.start('bad');
		expect((await podman.call(['run', '--rm', image, program])).status).toBe(expected);
		// The words of runc 1.3 for a folder are none that Podman knows.
		const others = runtime.name === 'runc' && program === '/etc' ? [255] : [];
		expect([expected, ...others]).toContain((await podman.call(['exec', 'bad', program])).status);
	});

	test('top, stats, logs, diff', async () => {
		await using _box = await podman.start('look');
		expect(await podman.output('top', 'look')).toContain('trap "echo ended');
		const stats = ['stats', '--no-stream', '--no-reset', '--format', '{{.Name}} {{.PIDs}}', 'look'];
		expect(await podman.output(...stats)).toMatch(/^look [1-9]/);
		await podman.output('exec', 'look', 'touch', '/new');
		expect(await podman.output('diff', 'look')).toContain('A /new');
	});

	test('healthcheck', async () => {
		const flags = ['--health-cmd', 'test -e /etc/passwd', '--health-interval', 'disable'];
		await using _box = await podman.start('health', flags);
		expect((await podman.call(['healthcheck', 'run', 'health'])).status).toBe(0);
		expect(await podman.output('exec', 'health', 'rm', '/etc/passwd')).toBe('');
		expect((await podman.call(['healthcheck', 'run', 'health'])).status).toBe(1);
	});

	test('eight at a time', async () => {
		const failures = await eightAtATime(16, async (number) => {
			const name = `many-${number}`;
			await using _box = await podman.start(name);
			expect(await podman.output('exec', name, 'echo', 'here')).toBe('here');
		});
		expect(failures).toEqual([]);
	}, 120_000);

	test('afterwards nothing is left', async () => {
		expect(await leftovers()).toEqual([]);
	});
});
