import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import { inside, newRuntime, run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch, token } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

// What `ls` opens for itself is 3, or the first that is free.
const list = 'echo $(ls /proc/self/fd)';

describeWith([root, busybox], 'descriptors of the program', () => {
	test('are the three standard ones', async () => {
		expect(await inside(list)).toBe('0 1 2 3');
	});

	test('are those three, though the runtime has others that are open for every child', async () => {
		const folder = scratch();
		writeFileSync(join(folder, 'secret'), '');
		const { path } = scriptBundle(list);
		const shell = `exec 5<"$1/secret" 7<"$1" 9<"$1"; shift; exec "$@"`;
		const result = execFileSync(
			'sh',
			['-c', shell, 'sh', folder, ...program, '--root', stateRoot(), 'run', '--bundle', path, containerId()],
			{ encoding: 'utf8', env: { PATH: process.env['PATH'], TSRUN_TEST: token } },
		);
		expect(result).toBe('0 1 2 3\n');
	});

	test('of a created container, before its program: no file or directory of the host', async () => {
		await using container = await newRuntime().create(containerId(), scriptBundle('true').path, { stdio: 'ignore' });
		const open = readdirSync(`/proc/${container.pid}/fd`).map((fd) => readlinkSync(`/proc/${container.pid}/fd/${fd}`));
		// Its standard streams, the socket on which it waits for start, and perhaps still the one to us.
		expect(open.filter((target) => !/^(\/dev)?\/null$/.test(target) && !target.startsWith('socket:'))).toEqual([]);
		expect(open.length).toBeLessThanOrEqual(5);
	});

	test('stdio ignore is /dev/null', async () => {
		const folder = scratch();
		const { path } = scriptBundle('stat -Lc %t:%T /proc/self/fd/0 /proc/self/fd/2 > /out/numbers', (config) => {
			config.mounts.push({ destination: '/out', source: folder, options: ['bind'] });
		});
		await run(path, { stdio: 'ignore' });
		expect(readFileSync(join(folder, 'numbers'), 'utf8')).toBe('1:3\n1:3\n');
	});

	test('given by their numbers', async () => {
		const [input, output] = [join(scratch(), 'input'), join(scratch(), 'output')];
		writeFileSync(input, 'from a file');
		const [stdin, stdout] = [openSync(input, 'r'), openSync(output, 'w')];
		await run(scriptBundle('cat').path, { stdio: [stdin, stdout, 'ignore'] });
		closeSync(stdin);
		closeSync(stdout);
		expect(readFileSync(output, 'utf8')).toBe('from a file');
	});
});

describeWith([root, busybox], 'descriptors that are handed on', () => {
	/** Calls tsrun with descriptors open, by a shell that can leave gaps. */
	function withDescriptors(redirections: string, env: string, ...words: string[]): string {
		const command = [...program, '--root', stateRoot(), ...words].map((word) => `'${word}'`).join(' ');
		return execFileSync('sh', ['-c', `${env} exec ${command} ${redirections}`], {
			encoding: 'utf8',
			env: { PATH: process.env['PATH'], TSRUN_TEST: token },
		});
	}

	test('--preserve-fds: that many from 3 on, and no more', async () => {
		const file = join(scratch(), 'file');
		writeFileSync(file, 'three');
		const { path } = scriptBundle(`cat <&3; echo; cat <&4; echo; ${list}`);
		const output = withDescriptors(
			`3<${file} 4<${file} 5<${file}`,
			'',
			'run',
			'--preserve-fds',
			'2',
			'-b',
			path,
			containerId(),
		);
		expect(output).toBe('three\nthree\n0 1 2 3 4 5\n');
	});

	test('LISTEN_FDS, with the pid that is true inside', async () => {
		const file = join(scratch(), 'file');
		writeFileSync(file, 'listening');
		const { path } = scriptBundle(`cat <&3; echo; echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES; ${list}`);
		const output = withDescriptors(
			`3<${file} 4<${file}`,
			'LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a:b',
			'run',
			'-b',
			path,
			containerId(),
		);
		expect(output).toBe('listening\n2 1 a:b\n0 1 2 3 4 5\n');
	});

	test('LISTEN_FDS of somebody else', async () => {
		const file = join(scratch(), 'file');
		writeFileSync(file, '');
		const { path } = scriptBundle(`echo "\${LISTEN_FDS-none}"; ${list}`);
		const output = withDescriptors(`3<${file}`, 'LISTEN_PID=1 LISTEN_FDS=1', 'run', '-b', path, containerId());
		expect(output).toBe('none\n0 1 2 3\n');
	});

	test('one that is not there is an error that says which', async () => {
		const { path } = scriptBundle('true');
		const { status, stderr } = await tsrun(['run', '--preserve-fds', '40', '-b', path, containerId()]);
		expect(status).toBe(1);
		expect(stderr).toMatch(/unable to stat preserved-fd \d+/);
	});
});
