import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atTerminal, call, terminalScript, typedLine } from '../harness/call.js';
import { memoryLimit, processLimit, quota, showCgroupFiles } from '../harness/cgroup-files.js';
import { watchStageOfTests } from '../harness/leftovers.js';
import { everyCapability, scenarioWith } from '../harness/runtimes.js';
import { folder } from '../harness/stage.js';
import { image, records, withDocker } from './engine.js';

withDocker((docker, runtime) => {
	const leftovers = watchStageOfTests(records);

	test('run: output, standard error, exit status', async () => {
		const result = await docker.run([], ['sh', '-c', 'echo out; echo err >&2; exit 7']);
		expect(result).toEqual({ status: 7, stdout: 'out\n', stderr: 'err\n' });
	});

	test('run -i: standard input to its end', async () => {
		expect(await docker.run(['-i'], ['cat'], { input: 'one\ntwo\n' })).toMatchObject({
			status: 0,
			stdout: 'one\ntwo\n',
		});
	});

	test('run -t: lines end as on a terminal', async () => {
		expect(await docker.run(['-t'], ['echo', 'hi'])).toMatchObject({ status: 0, stdout: 'hi\r\n' });
	});

	test('run -it: size, keys, exit status', async () => {
		const { status, stdout } = await docker.atTerminal(['-it'], ['sh', '-c', terminalScript(5)], typedLine);
		expect(status).toBe(5);
		expect(stdout).toContain('/dev/pts/0\r\n31 77\r\n');
		expect(stdout).toContain('<typed>\r\n');
	});

	test('create, start, wait, logs', async () => {
		await docker.output('create', '--runtime', runtime.name, '--name', 'made', image, 'sh', '-c', 'echo once; exit 4');
		expect(await docker.inspect('made', '.State.Status')).toBe('created');
		await docker.output('start', 'made');
		expect(await docker.output('wait', 'made')).toBe('4');
		expect(await docker.output('logs', 'made')).toBe('once');
		expect(await docker.inspect('made', '.HostConfig.Runtime')).toBe(runtime.name);
		await docker.output('rm', 'made');
	});

	test('stop: the service ends by itself', async () => {
		await using box = await docker.start('stop');
		await docker.output('stop', box.name);
		expect(await docker.inspect(box.name, '.State.ExitCode')).toBe('3');
		expect(await docker.output('logs', box.name)).toBe('ready\nended');
	});

	test('restart', async () => {
		await using box = await docker.start('restart');
		const before = await docker.inspect(box.name, '.State.Pid');
		await docker.output('restart', box.name);
		expect(await docker.inspect(box.name, '.State.Pid')).not.toBe(before);
		expect(await box.inside('echo again')).toBe('again');
	});

	test('kill: by name and by number', async () => {
		await using term = await docker.start('kill-term');
		await docker.output('kill', '--signal', 'TERM', term.name);
		expect(await docker.output('wait', term.name)).toBe('3');
		await using kill = await docker.start('kill-kill');
		await docker.output('kill', '--signal', '9', kill.name);
		expect(await docker.output('wait', kill.name)).toBe('137');
	});

	test('pause and unpause', async () => {
		await using box = await docker.start('pause');
		await docker.output('pause', box.name);
		expect(await docker.inspect(box.name, '.State.Status')).toBe('paused');
		expect((await docker.call('exec', box.name, 'true')).stderr).toContain('is paused');
		await docker.output('unpause', box.name);
		expect(await box.inside('echo on')).toBe('on');
	});

	test('rm --force of a running and of a paused one', async () => {
		await docker.start('rm-running');
		await docker.output('rm', '--force', 'rm-running');
		await docker.start('rm-paused');
		await docker.output('pause', 'rm-paused');
		await docker.output('rm', '--force', 'rm-paused');
		expect(await docker.output('ps', '--all', '--quiet')).toBe('');
	});

	test('restart policy: what fails is started again', async () => {
		await docker.start('policy', ['--restart', 'on-failure:2'], ['sh', '-c', 'echo try; exit 1']);
		await docker.output('wait', 'policy');
		// `wait` answers at the first end already; the last one is when nothing is due any more.
		const attempts = () => docker.output('inspect', '--format', '{{.State.Status}} {{.RestartCount}}', 'policy');
		await expect(until(attempts, 'exited 2')).resolves.toBe('exited 2');
		expect(await docker.output('logs', 'policy')).toBe('try\ntry\ntry');
		await docker.output('rm', 'policy');
	});

	test('exec: output, status, user, directory, environment, standard input', async () => {
		await using box = await docker.start('exec');
		expect(await docker.call('exec', box.name, 'sh', '-c', 'echo in; exit 4')).toMatchObject({
			status: 4,
			stdout: 'in\n',
		});
		const flags = ['--user', '1000:1000', '--workdir', '/tmp', '--env', 'NAME=value'];
		expect(await docker.output('exec', ...flags, box.name, 'sh', '-c', 'id -u; id -g; pwd; echo $NAME')).toBe(
			'1000\n1000\n/tmp\nvalue',
		);
		expect(await call(['docker', 'exec', '-i', box.name, 'cat'], { input: 'in\n' })).toMatchObject({ stdout: 'in\n' });
	});

	scenarioWith([everyCapability(runtime)], 'exec --privileged', async () => {
		await using box = await docker.start('exec-privileged');
		const shown = await docker.output('exec', '--privileged', box.name, 'grep', 'CapEff', '/proc/self/status');
		// CAP_SYS_ADMIN is 21.
		expect(BigInt(`0x${shown.split(/\s+/)[1]}`) & (1n << 21n)).not.toBe(0n);
	});

	test('exec -it', async () => {
		await using box = await docker.start('exec-tty');
		const words = ['docker', 'exec', '-it', box.name, 'sh', '-c', terminalScript(6)];
		const { status, stdout } = await atTerminal(words, typedLine);
		expect(status).toBe(6);
		expect(stdout).toContain('31 77\r\n');
		expect(stdout).toContain('<typed>\r\n');
	});

	test('exec --detach', async () => {
		await using box = await docker.start('exec-detach');
		await docker.output(
			'exec',
			'--detach',
			box.name,
			'sh',
			'-c',
			'echo there >/tmp/there.new; mv /tmp/there.new /tmp/there',
		);
		expect(await box.inside('until [ -e /tmp/there ]; do :; done; cat /tmp/there')).toBe('there');
	});

	test('exec of what cannot be executed', async () => {
		await using box = await docker.start('exec-bad');
		const missing = await docker.call('exec', box.name, 'nosuch');
		expect(missing.stdout + missing.stderr).toContain('exec: "nosuch": executable file not found in $PATH');
		expect([126, 127]).toContain(missing.status);
		expect((await docker.call('exec', box.name, '/etc/passwd')).status).toBe(126);
	});

	test('attach: output from then on, exit status', async () => {
		const ticking = ['sh', '-c', 'trap "exit 3" TERM; while :; do echo tick; sleep 0.05; done'];
		await using box = await docker.start('attach', [], ticking);
		let killed: Promise<unknown> | undefined;
		const watch = () => {
			killed ??= docker.call('kill', '--signal', 'TERM', box.name);
		};
		const attached = await call(['docker', 'attach', '--no-stdin', box.name], { watch });
		expect(attached).toMatchObject({ status: 3, stdout: expect.stringMatching(/^tick\n/) });
		await killed;
	});

	test('detaching by keys leaves the container', async () => {
		const detach = { after: '# ', keys: '\x10\x11' };
		const { status } = await docker.atTerminal(['-it', '--name', 'detach'], ['sh'], detach);
		expect(status).toBe(0);
		expect(await docker.inspect('detach', '.State.Running')).toBe('true');
		await docker.output('rm', '--force', 'detach');
	});

	test('logs -f: until the end', async () => {
		await using box = await docker.start(
			'logs',
			[],
			['sh', '-c', 'echo first; trap "echo last; exit 0" TERM; while :; do sleep 0.05; done'],
		);
		const followed = docker.output('logs', '--follow', box.name);
		await docker.output('stop', box.name);
		expect(await followed).toBe('first\nlast');
	});

	test('cp in and out, diff, commit, export', async () => {
		await using box = await docker.start('files');
		const here = folder('files');
		writeFileSync(join(here, 'in'), 'content\n');
		await docker.output('cp', join(here, 'in'), `${box.name}:/put`);
		expect(await box.inside('cat /put')).toBe('content');
		await docker.output('cp', `${box.name}:/put`, join(here, 'out'));
		expect((await docker.output('diff', box.name)).split('\n')).toContain('A /put');
		await docker.output('commit', box.name, 'committed');
		expect(await docker.output('run', '--rm', '--runtime', runtime.name, 'committed', 'cat', '/put')).toBe('content');
		await docker.output('export', '--output', join(here, 'tar'), box.name);
		await docker.output('import', join(here, 'tar'), 'imported');
		expect(await docker.output('run', '--rm', '--runtime', runtime.name, 'imported', 'cat', '/put')).toBe('content');
		await docker.output('rmi', '--force', 'committed', 'imported');
	});

	test('top, stats', async () => {
		await using box = await docker.start('top');
		expect(await docker.output('top', box.name)).toContain('trap "echo ended');
		const stats = await docker.output('stats', '--no-stream', '--format', '{{.Name}} {{.PIDs}}', box.name);
		expect(stats).toMatch(/^top [1-9]/);
	});

	test('update: processors, memory, processes', async () => {
		await using box = await docker.start('update');
		const flags = ['--cpus', '0.5', '--memory', '64m', '--memory-swap', '64m', '--pids-limit', '50'];
		await docker.output('update', ...flags, box.name);
		const shown = await box.inside(showCgroupFiles([quota, memoryLimit, processLimit]));
		expect(shown.split('\n')).toEqual([expect.stringMatching(/^50000\b/), '67108864', '50']);
	});

	test('healthcheck', async () => {
		await using box = await docker.start('health', [
			'--health-cmd',
			'test -e /etc/passwd',
			'--health-interval',
			'100ms',
		]);
		await expect(until(() => docker.inspect(box.name, '.State.Health.Status'), 'healthy')).resolves.toBe('healthy');
	});

	test('events: a whole life', async () => {
		const seconds = () => Math.floor(Date.now() / 1000);
		const since = String(seconds() - 1);
		await docker.run(['--name', 'evented'], ['true']);
		const filters = ['--filter', 'type=container', '--filter', 'container=evented', '--format', '{{.Action}}'];
		// Events are reported until the given second is over.
		const shown = await docker.output('events', '--since', since, '--until', String(seconds() + 1), ...filters);
		expect(shown.split('\n')).toEqual(['create', 'attach', 'start', 'die', 'destroy']);
	});

	test('afterwards nothing is left', async () => {
		expect(await leftovers()).toEqual([]);
	});
});

/** Asks again until the answer is the wanted one; the last answer after 15 s. */
async function until(ask: () => Promise<string>, wanted: string): Promise<string> {
	const deadline = Date.now() + 15_000;
	for (;;) {
		const answer = await ask();
		if (answer === wanted || Date.now() > deadline) return answer;
	}
}
