import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { atTerminal, call, output, stageEnvironment, terminalScript, typedLine } from '../harness/call.js';
import { watchStageOfTests } from '../harness/leftovers.js';
import { records } from './engine.js';
import { withCtr } from './scenarios.js';

withCtr((ctr) => {
	// ctr 1.6 stops copying when a task has ended, and loses what it has not shown by then, with every runtime: these end when asked to.
	const lingering = (script: string, code = 0) => ['sh', '-c', `${script}; echo end; read line; exit ${code}`];
	const answer = { after: 'end\n', keys: '\n' };
	const shownBy = async (id: string, options: readonly string[], script: string) =>
		(await output(ctr.run(id, options, lingering(script)), { answer })).replace(/\nend$/, '');

	const leftovers = watchStageOfTests(records);

	test('run in the foreground: output, standard error, exit status', async () => {
		const result = await call(ctr.run('fore', ['--rm'], lingering('echo err >&2; echo out', 7)), { answer });
		expect(result).toEqual({ status: 7, stdout: 'out\nend\n', stderr: 'err\n' });
	});

	test('run in the foreground: standard input', async () => {
		// Not until the end of input: ctr 1.6 loses one that comes before the task runs, with every runtime.
		const echo = ['sh', '-c', 'echo end; read first; read second; test "$first $second" = "one two"'];
		const typed = { after: 'end\n', keys: 'one\ntwo\n' };
		expect(await call(ctr.run('input', ['--rm'], echo), { answer: typed })).toMatchObject({ status: 0 });
	});

	test('run at a terminal: name, size, exit status', async () => {
		const result = await atTerminal(ctr.run('tty', ['--rm', '-t'], ['sh', '-c', terminalScript(5)]), typedLine);
		expect(result.status).toBe(5);
		expect(result.stdout).toMatch(/\/dev\/pts\/0\r+\n31 77\r+\n/);
	});

	test('run with limits', async () => {
		const script = 'cd /sys/fs/cgroup; cat memory.max memory/memory.limit_in_bytes 2>/dev/null';
		const limits = ['--memory-limit', '33554432', '--mount', 'type=cgroup,src=cgroup,dst=/sys/fs/cgroup,options=ro'];
		expect(await shownBy('limit', ['--rm', ...limits], `${script} | head -1`)).toBe('33554432');
	});

	test('run with seccomp, without new privileges, with added and dropped capabilities', async () => {
		const flags = ['--seccomp', '--cap-add', 'CAP_SYS_TIME', '--cap-drop', 'CAP_CHOWN'];
		const words = 'Seccomp:|NoNewPrivs|CapEff';
		const shown = await shownBy('secure', ['--rm', ...flags], `grep -E '${words}' /proc/self/status`);
		expect(shown.split(/\s+/)).toEqual(['CapEff:', '00000000aa0425fa', 'NoNewPrivs:', '1', 'Seccomp:', '2']);
	});

	test('run on the network of the host, with a read-only root', async () => {
		const options = ['--rm', '--net-host', '--read-only'];
		const script = 'touch /file 2>/dev/null || echo read-only; ip -o addr show dev lo | wc -l';
		expect(await shownBy('host', options, script)).toMatch(/^read-only\n[12]$/);
	});

	test('exec: output and exit status', async () => {
		await using _box = await ctr.start('exec');
		const words = ['ctr', 'task', 'exec', '--exec-id', 'one', 'exec', ...lingering('echo in', 5)] as const;
		expect(await call(words, { answer })).toMatchObject({ status: 5, stdout: 'in\nend\n' });
	});

	test('exec at a terminal', async () => {
		await using _box = await ctr.start('exectty');
		const words = ['ctr', 'task', 'exec', '-t', '--exec-id', 'two', 'exectty', 'sh', '-c', 'tty; read line; exit 6'];
		const result = await atTerminal(words, { after: '/dev/pts', keys: '\n' });
		expect(result.status).toBe(6);
		expect(result.stdout).toContain('/dev/pts/0');
	});

	test('exec of what is not there', async () => {
		await using _box = await ctr.start('execmissing');
		const result = await ctr.call('task', 'exec', '--exec-id', 'three', 'execmissing', 'nosuch');
		expect(result.status).toBe(1);
		expect(result.stderr).toMatch(/OCI runtime exec failed: .*exec: "nosuch": executable file not found in \$PATH/);
	});

	test('pause, no exec meanwhile, resume', async () => {
		await using _box = await ctr.start('pause');
		await output(['ctr', 'task', 'pause', 'pause']);
		expect(await ctr.status('pause')).toBe('PAUSED');
		expect((await ctr.call('task', 'exec', '--exec-id', 'four', 'pause', 'true')).status).toBe(1);
		await output(['ctr', 'task', 'resume', 'pause']);
		expect(await ctr.status('pause')).toBe('RUNNING');
		await output(['ctr', 'task', 'exec', '--exec-id', 'five', 'pause', 'true']);
	});

	test('kill: the status of what catches the signal', async () => {
		await using _box = await ctr.start('kill');
		// `attach` waits for the end, and deletes the task then.
		const attached = ctr.call('task', 'attach', 'kill');
		await output(['ctr', 'task', 'kill', '--signal', 'SIGTERM', 'kill']);
		expect((await attached).status).toBe(3);
		expect(await ctr.status('kill')).toBeUndefined();
	});

	test('kill of all processes', async () => {
		await using _box = await ctr.start('killall');
		await output(['ctr', 'task', 'exec', '--exec-id', 'six', '-d', 'killall', 'sleep', '1000']);
		const attached = ctr.call('task', 'attach', 'killall');
		await output(['ctr', 'task', 'kill', '--all', '--signal', 'SIGKILL', 'killall']);
		expect((await attached).status).toBe(137);
	});

	test('ps, metrics', async () => {
		await using _box = await ctr.start('metrics');
		expect((await output(['ctr', 'task', 'ps', 'metrics'])).split('\n').length).toBeGreaterThanOrEqual(2);
		expect(await output(['ctr', 'task', 'metrics', 'metrics'])).toMatch(
			/^(pids\.current|pids\.limit|cpu\w*\.usage\w*) /m,
		);
	});

	test('events: create, start, exit and delete of a task', async () => {
		const events = spawn('ctr', ['events'], { env: stageEnvironment, stdio: ['ignore', 'pipe', 'inherit'] });
		const limit = setTimeout(() => events.kill('SIGKILL'), 20_000);
		const lives = new Map<string, string[]>();
		let whole: string[] | undefined;
		try {
			// The stream begins some time after the program does, and containerd 2 loses the end of some with every runtime: containers
			// are run until a whole life was seen.
			const running = (async () => {
				for (let i = 0; whole === undefined && i < 30; i++) await output(ctr.run(`events${i}`, ['--rm'], ['true']));
			})();
			for await (const line of createInterface(events.stdout)) {
				const [, topic, id] = line.match(/ \/tasks\/(\w+) .*"container_id":\s*"(\w+)"/) ?? [];
				if (topic === undefined || id === undefined) continue;
				const life = [...(lives.get(id) ?? []), topic];
				lives.set(id, life);
				if (topic !== 'delete' || life[0] !== 'create') continue;
				whole = life;
				break;
			}
			await running;
		} finally {
			clearTimeout(limit);
			events.kill('SIGKILL');
			if (events.exitCode === null && events.signalCode === null) await once(events, 'exit');
		}
		expect(whole).toEqual(['create', 'start', 'exit', 'delete']);
	});

	test.each([
		['not in the PATH', ['nosuch'], 'exec: "nosuch": executable file not found in $PATH'],
		['not there', ['/nosuch'], 'no such file or directory'],
		['not executable', ['/etc/passwd'], 'permission denied'],
	])('a program that is %s fails the run with its words', async (name, command, words) => {
		const result = await call(ctr.run(`bad-${name.replaceAll(' ', '-')}`, ['--rm'], command));
		expect(result.status).toBe(1);
		expect(result.stderr).toContain('OCI runtime create failed');
		expect(result.stderr).toContain(words);
	});

	test('afterwards nothing is left', async () => {
		expect(await leftovers()).toEqual([]);
	});
});
