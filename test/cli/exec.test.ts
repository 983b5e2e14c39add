import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

describeWith([root, busybox], 'exec', () => {
	const id = containerId();
	beforeAll(async () => {
		const { path } = scriptBundle('while :; do sleep 0.05; done');
		expect(await tsrun(['run', '--detach', '--bundle', path, id])).toMatchObject({ status: 0, stderr: '' });
	});
	afterAll(async () => {
		await tsrun(['delete', '--force', id]);
	});

	test('the words behind the id are the program’s', async () => {
		expect(await tsrun(['exec', id, 'echo', '-n', '--tty', '--', '-d'])).toMatchObject({
			status: 0,
			stdout: '--tty -- -d',
			stderr: '',
		});
	});

	test('its status is the program’s', async () => {
		expect((await tsrun(['exec', id, 'sh', '-c', 'exit 42'])).status).toBe(42);
		expect((await tsrun(['exec', id, 'sh', '-c', 'kill -9 $$'])).status).toBe(137);
	});

	test('environment, directory, user and groups', async () => {
		const options = ['-e', 'A=1,2', '--env', 'B=', '--cwd', '/tmp', '--user', '1000:100', '-g', '5', '-g', '6'];
		const { stdout } = await tsrun([
			'exec',
			...options,
			id,
			'sh',
			'-c',
			'echo "$A|$B|$(pwd)|$(id -u):$(id -g)|$(id -G)"',
		]);
		expect(stdout).toBe('1,2||/tmp|1000:100|100 5 6\n');
	});

	test('names are no users', async () => {
		for (const user of ['root', '0x0', '1000x', ':0']) {
			expect(await tsrun(['exec', '--user', user, id, 'id', '-u'])).toMatchObject({ status: 255, stdout: '' });
		}
	});

	test.each([
		[['/nosuch'], 'no such file or directory'],
		[['nosuch'], 'executable file not found in $PATH'],
		[['/etc/passwd'], 'permission denied'],
		[['/etc'], /is a directory|permission denied/],
	])('%j cannot be run: 255, with the words engines look for', async (words, message) => {
		const { status, stderr } = await tsrun(['exec', id, ...words]);
		expect(status).toBe(255);
		expect(stderr.startsWith('exec failed: ')).toBe(true);
		expect(stderr).toMatch(message);
	});

	test('--process, --detach and --pid-file, as containerd and conmon use them', async () => {
		const folder = scratch();
		const [file, pidFile] = [join(folder, 'process.json'), join(folder, 'pid')];
		const process = { args: ['sleep', '30'], cwd: '/', env: ['PATH=/bin:/usr/bin'], user: { uid: 0, gid: 0 } };
		writeFileSync(file, JSON.stringify(process));
		expect(await tsrun(['exec', '--process', file, '--detach', '--pid-file', pidFile, id])).toMatchObject({
			status: 0,
			stderr: '',
		});
		const pid = readFileSync(pidFile, 'utf8');
		expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).toBe('sleep\0' + '30\0');
		expect(JSON.parse((await tsrun(['ps', '-f', 'json', id])).stdout)).toContain(Number(pid));
	});

	test('a failure writes no pid-file: conmon takes its existence for success', async () => {
		const pidFile = join(scratch(), 'pid');
		expect((await tsrun(['exec', '--detach', '--pid-file', pidFile, id, '/nosuch'])).status).toBe(255);
		expect(existsSync(pidFile)).toBe(false);
	});

	test('a process section that breaks the spec names the place', async () => {
		const file = join(scratch(), 'process.json');
		writeFileSync(file, '{\n\t"args": [],\n\t"cwd": "relative",\n\t"user": { "uid": -1 }\n}');
		const { status, stderr } = await tsrun(['exec', '--process', file, id]);
		expect(status).toBe(255);
		expect(stderr).toContain(`${file}:4:`);
		expect(stderr).toContain('/user/uid');
	});
});

const withoutSelinux: Requirement = {
	what: 'a machine without SELinux',
	met: () => !readFileSync('/proc/self/mountinfo', 'utf8').includes(' - selinuxfs '),
};

describeWith([root, busybox, withoutSelinux], 'exec on a machine without SELinux', () => {
	const id = containerId();
	beforeAll(async () => {
		const { path } = scriptBundle('sleep 600');
		expect(await tsrun(['run', '--detach', '--bundle', path, id])).toMatchObject({ status: 0, stderr: '' });
	});
	afterAll(async () => {
		await tsrun(['delete', '--force', id]);
	});

	test('--process-label says so, names the place, and starts nothing', async () => {
		const marker = join(scratch(), 'pid');
		const words = ['--process-label', 'system_u:system_r:container_t:s0', '--pid-file', marker, id, 'sleep', '600'];
		const { status, stdout, stderr } = await tsrun(['exec', '--detach', ...words]);
		expect({ status, stdout }).toEqual({ status: 255, stdout: '' });
		expect(stderr).toMatch(/^exec failed: SELinux is not enabled on this host$/m);
		expect(stderr).toContain('/process/selinuxLabel');
		expect(existsSync(marker)).toBe(false);
		expect(JSON.parse((await tsrun(['ps', '--format', 'json', id])).stdout)).toHaveLength(1);
	});

	test('the label of a --process document is refused in the same way', async () => {
		const file = join(scratch(), 'process.json');
		const process = { args: ['true'], cwd: '/', user: { uid: 0, gid: 0 }, selinuxLabel: 'a:b:c:s0' };
		writeFileSync(file, JSON.stringify(process));
		const { status, stderr } = await tsrun(['exec', '--process', file, id]);
		expect(status).toBe(255);
		expect(stderr).toMatch(/^exec failed: SELinux is not enabled on this host$/m);
	});
});
