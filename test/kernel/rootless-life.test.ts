import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { program } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { asUser, ordinaryUser, userBundle, userDirectory, userId, userProgram } from '../harness/ordinary-user.js';
import { cgroup1View, describeWith } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

const library = resolve(import.meta.dirname, '../../dist/lib/index.js');

/** Runs verbs of tsrun one after the other, as a shell script in which `tsrun` is the program with a state root. */
function verbs(bundle: string, script: string) {
	const tsrun = userProgram().join(' ');
	return asUser(['sh', '-c', `set -u; tsrun() { ${tsrun} "$@"; }\n${script}`], { cwd: bundle });
}

const words = (text: string) => text.split('\n').map((line) => line.trim().split(/\s+/).join(' '));

describeWith(ordinaryUser, 'an ordinary user', () => {
	test('runs what "tsrun spec --rootless" wrote', () => {
		const folder = userBundle([]);
		const written = join(folder, 'fresh', 'config.json');
		const spec = asUser(['sh', '-c', `mkdir ${folder}/fresh && ${program.join(' ')} spec --rootless --bundle fresh`], {
			cwd: folder,
		});
		expect(spec).toMatchObject({ status: 0, stderr: '' });
		const config = JSON.parse(readFileSync(written, 'utf8')) as Config;
		config.process.terminal = false;
		config.process.args = ['sh', '-c', 'id -u; cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups'];
		writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
		const { status, stdout, stderr } = verbs(folder, `tsrun run ${containerId()}`);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(words(stdout.trim())).toEqual(['0', `0 ${userId} 1`, `0 ${userId} 1`, 'deny']);
	});

	test('leads a container through its life', () => {
		const id = containerId();
		const { stdout, stderr } = verbs(
			userBundle(['sleep', '600']),
			`tsrun create ${id} </dev/null >/dev/null 2>&1; echo create $?
			tsrun state ${id} | grep -o '"status": "[a-z]*"'
			tsrun start ${id}; echo start $?
			tsrun list --quiet
			tsrun ps ${id} | grep -c 'sleep 600'
			tsrun exec ${id} sh -c 'id -u; cat /proc/1/comm; exit 7'; echo exec $?
			tsrun kill ${id} KILL; echo kill $?
			tsrun delete --force ${id}; echo delete $?
			tsrun list --quiet; tsrun state ${id} 2>&1 | grep -o 'does not exist'`,
		);
		expect({ stdout: stdout.trim().split('\n'), stderr }).toEqual({
			stdout: [
				'create 0',
				'"status": "created"',
				'start 0',
				id,
				'1',
				'0',
				'sleep',
				'exec 7',
				'kill 0',
				'delete 0',
				'does not exist',
			],
			stderr: '',
		});
	});

	test('does so from a Node program', () => {
		const script = `
			import { text } from 'node:stream/consumers';
			import { Runtime } from ${JSON.stringify(library)};
			const runtime = new Runtime({ root: process.argv[1] });
			const box = await runtime.create(process.argv[2], process.argv[3], { stdio: 'pipe' });
			await box.start();
			const run = await box.exec(['id', '-u'], { stdio: 'pipe' });
			const [said, exit] = await Promise.all([text(run.stdout), run.wait()]);
			await box.kill(9);
			console.log(JSON.stringify({ said, exit, end: await box.wait() }));
			await box[Symbol.asyncDispose]();
		`;
		const args = ['--input-type=module', '-e', script, join(userDirectory('state'), 'root'), containerId()];
		const { status, stdout, stderr } = asUser([process.execPath, ...args, userBundle(['sleep', '600'])]);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(JSON.parse(stdout)).toEqual({
			said: '0\n',
			exit: { code: 0, signal: null },
			end: { code: null, signal: 9 },
		});
	});

	test('has the usual devices, which are those of the machine', () => {
		const script =
			'for name in null zero full random urandom tty; do stat -c "%n %t:%T" /dev/$name; done; echo x >/dev/null';
		const { stdout, stderr } = verbs(userBundle(['sh', '-c', script]), `tsrun run ${containerId()}`);
		expect({ stdout: stdout.trim().split('\n'), stderr }).toEqual({
			stdout: ['null 1:3', 'zero 1:5', 'full 1:7', 'random 1:8', 'urandom 1:9', 'tty 5:0'].map(
				(line) => `/dev/${line}`,
			),
			stderr: '',
		});
	});

	test('is refused a device that the machine calls by another number', () => {
		const bundle = userBundle(['true'], (config) => {
			config.linux['devices'] = [{ type: 'c', path: '/dev/full', major: 1, minor: 3 }];
		});
		const { status, stderr } = verbs(bundle, `tsrun run ${containerId()}`);
		expect(status).toBe(1);
		expect(stderr).toContain('/dev/full of the host is not the device asked for');
	});

	test('is warned when nothing would hold the processes of a container together', () => {
		const bundle = userBundle(['true'], (config) => {
			config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'pid');
			config.mounts = config.mounts.filter(({ type }) => type !== 'proc');
			config.mounts.push({ destination: '/proc', type: 'none', source: '/proc', options: ['rbind'] });
		});
		const { status, stderr } = verbs(bundle, `tsrun run ${containerId()}`);
		expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('strongly discouraged') });
	});

	test('may give a container clocks of its own', () => {
		const bundle = userBundle(['cat', '/proc/self/timens_offsets'], (config) => {
			config.linux.namespaces.push({ type: 'time' });
			config.linux['timeOffsets'] = { boottime: { secs: 86400 } };
		});
		const { stdout, stderr } = verbs(bundle, `tsrun run ${containerId()}`);
		expect({ stdout: words(stdout.trim()), stderr }).toEqual({
			stdout: ['monotonic 0 0', 'boottime 86400 0'],
			stderr: '',
		});
	});
});

describeWith([...ordinaryUser, cgroup1View], 'without a delegated cgroup, on cgroup v1', () => {
	const script =
		'cat /proc/self/cgroup; grep " /sys/fs/cgroup/pids " /proc/self/mounts; test -e /sys/fs/cgroup/pids/tasks';

	test.each([
		['shares the cgroup of its caller', []],
		['has a namespace of it', [{ type: 'cgroup' }]],
	])('a container %s, and sees it read-only', (_title, more) => {
		const bundle = userBundle(['sh', '-c', script], (config) => void config.linux.namespaces.push(...more));
		const { status, stdout, stderr } = verbs(bundle, `tsrun run ${containerId()}`);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(stdout).toMatch(/^cgroup \/sys\/fs\/cgroup\/pids cgroup ro,nosuid,nodev,noexec/m);
	});
});
