import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import { eventually } from '../harness/eventually.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const script: Requirement = { what: 'script (util-linux)', met: () => spawnSync('script', ['--version']).status === 0 };

/** Calls tsrun in a terminal of 31 rows and 77 columns; stdout is what the terminal shows. */
function inTerminal(...words: string[]): { status: number | null; shown: string } {
	const command = [...program, '--root', stateRoot(), ...words].map((word) => `'${word}'`).join(' ');
	// A keyboard on which nobody types: at the end of its input `script` would send the terminal an end of file.
	const keyboard = join(scratch(), 'keyboard');
	execFileSync('mkfifo', [keyboard]);
	const stdin = openSync(keyboard, 'r+');
	const { status, stdout } = spawnSync('script', ['-qec', `stty rows 31 cols 77; ${command}`, '/dev/null'], {
		stdio: [stdin, 'pipe', 'inherit'],
		encoding: 'utf8',
		timeout: 10_000,
		killSignal: 'SIGKILL',
	});
	closeSync(stdin);
	return { status, shown: stdout };
}

describeWith([root, busybox, script], 'a terminal in the foreground', () => {
	test('run: output, size and status come through', () => {
		const { path } = scriptBundle('test -t 0 && test -t 1 && stty size; exit 5', (config) => {
			config.process.terminal = true;
		});
		expect(inTerminal('run', '--bundle', path, containerId())).toEqual({ status: 5, shown: '31 77\r\n' });
	});

	test('exec --tty: the same', async () => {
		const id = containerId();
		const { path } = scriptBundle('while :; do sleep 0.05; done');
		expect(await tsrun(['run', '--detach', '--bundle', path, id])).toMatchObject({ status: 0, stderr: '' });
		try {
			expect(inTerminal('exec', '--tty', id, 'sh', '-c', 'stty size; exit 6')).toEqual({
				status: 6,
				shown: '31 77\r\n',
			});
		} finally {
			await tsrun(['delete', '--force', id]);
		}
	});
});

const notNode: Requirement = {
	what: 'the binary (Node itself, whatever it runs, aborts when it ends on a terminal that has hung up)',
	met: () => program.length === 1,
};

describeWith([root, busybox, script, notNode], 'a terminal that hangs up', () => {
	test('the status is that of the program, which was told', async () => {
		const id = containerId();
		const { path } = scriptBundle('while :; do sleep 0.05; done');
		expect(await tsrun(['run', '--detach', '--bundle', path, id])).toMatchObject({ status: 0, stderr: '' });
		const folder = scratch();
		try {
			const inside = 'trap "exit 9" HUP; echo ready; while :; do sleep 0.05; done';
			const words = [
				...program,
				'--root',
				stateRoot(),
				'--log',
				`${folder}/log`,
				'exec',
				'--tty',
				id,
				'sh',
				'-c',
				inside,
			];
			const command = words.map((word) => `'${word}'`).join(' ');
			// The kernel tells the leader of the session, which is the shell here: it hands the signal on, and sees the status.
			const shell = `exec 3<&0; ${command} <&3 & trap "kill -HUP $!" HUP; wait $!; wait $!; echo $? >'${folder}/new'; mv '${folder}/new' '${folder}/status'`;
			const terminal = spawn('script', ['-qec', shell, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
			let shown = '';
			terminal.stdout.on('data', (chunk) => {
				shown += chunk;
			});
			await eventually('the program runs', () => shown.includes('ready'));
			terminal.kill('SIGKILL');
			await eventually('it has ended', () => existsSync(`${folder}/status`));
			expect(readFileSync(`${folder}/log`, 'utf8')).toBe('');
			expect(readFileSync(`${folder}/status`, 'utf8')).toBe('9\n');
		} finally {
			await tsrun(['delete', '--force', id]);
		}
	});
});

describeWith([root, busybox], 'a terminal whose output is captured', () => {
	test('newlines arrive as they were written', async () => {
		const { path } = scriptBundle('test -t 1 && echo one && echo two', (config) => {
			config.process.terminal = true;
		});
		expect(await tsrun(['run', '--bundle', path, containerId()])).toMatchObject({ status: 0, stdout: 'one\ntwo\n' });
	});
});

describeWith([root, busybox], 'a terminal nobody takes', () => {
	test('is refused with runc’s words, and nothing is left', async () => {
		const { path } = scriptBundle('exit 0', (config) => {
			config.process.terminal = true;
		});
		const id = containerId();
		const { status, stderr } = await tsrun(['create', '--bundle', path, id]);
		expect(status).toBe(1);
		expect(stderr).toMatch(
			/^tsrun create failed: cannot allocate tty if tsrun will detach without setting console socket/,
		);
		expect((await tsrun(['state', id])).status).toBe(1);
	});
});
