import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { failing, strace } from '../harness/failing-calls.js';
import { newRuntime } from '../harness/inside.js';
import { ready } from '../harness/limited.js';
import { busybox, cgroup2View, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { recordedContainers, stateRoot } from '../harness/state-root.js';

function without(failures: readonly string[], more: readonly string[], ...args: readonly string[]) {
	const { status, stdout, stderr } = spawnSync(
		'timeout',
		['--signal=KILL', '30', ...failing(failures, ...more), ...program, '--root', stateRoot(), ...args],
		{ encoding: 'utf8' },
	);
	return { status, stdout, stderr };
}

/** As much of what is done by calls younger than Linux 5.4 as fits into one container. */
function box(edit: (config: Config) => void = () => {}) {
	const source = scratch('source');
	writeFileSync(join(source, 'file'), 'text\n');
	const made = scriptBundle(script, (config) => {
		config.root.readonly = true;
		config.linux['sysctl'] = { 'net.ipv4.ip_forward': '1' };
		config.linux['maskedPaths'] = ['/proc/version', '/proc/fs'];
		config.linux['readonlyPaths'] = ['/proc/sys'];
		config.mounts.push(
			{ destination: '/data', type: 'bind', source, options: ['bind', 'ro', 'nosuid', 'noexec'] },
			{ destination: '/linked/inner', type: 'bind', source, options: ['bind', 'ro'] },
		);
		edit(config);
	});
	mkdirSync(join(made.rootfs, 'data'));
	symlinkSync('../../../../../run/../run/elsewhere', join(made.rootfs, 'linked'));
	return made.path;
}

const script = `
cat /data/file /run/elsewhere/inner/file /proc/version /proc/sys/net/ipv4/ip_forward
ls /proc/fs
for place in / /data /linked/inner /proc/sys/net/ipv4; do touch $place/x 2>/dev/null && echo "wrote $place"; done
stat -c %t:%T /dev/null
grep ' /data ' /proc/self/mountinfo | cut -d ' ' -f 6 | cut -d , -f 1-3`;
const shown = 'text\ntext\n1\n1:3\nro,nosuid,noexec\n';

const userNamespace = (config: Config) => {
	const mapping = [{ containerID: 0, hostID: 0, size: 65_536 }];
	config.linux.namespaces.push({ type: 'user' });
	Object.assign(config.linux, { uidMappings: mapping, gidMappings: mapping });
};

const younger = [
	'clone3:error=ENOSYS', // 5.3, and hidden by profiles until 2021
	'openat2:error=ENOSYS', // 5.6
	'faccessat2:error=ENOSYS', // 5.8
	'close_range:error=ENOSYS', // 5.9
	'mount_setattr:error=ENOSYS', // 5.12
];

describeWith([root, busybox, strace], 'a kernel without younger calls', () => {
	test.each([
		...younger.map((call): [string, string[]] => [call, [call]]),
		['openat2:error=EPERM', ['openat2:error=EPERM']],
		// Not younger; file systems without an exchange of two files have EINVAL.
		['renameat2:error=EINVAL', ['renameat2:error=EINVAL']],
		['renameat2:error=ENOSYS', ['renameat2:error=ENOSYS']],
		['all of them', younger],
	])('runs a container: %s', (_title, calls) => {
		const result = without(calls, [], 'run', '--bundle', box(), containerId());
		expect(result).toEqual({ status: 0, stdout: shown, stderr: '' });
	});

	test('runs a container in a user namespace', () => {
		const result = without(younger, [], 'run', '--bundle', box(userNamespace), containerId());
		expect(result).toEqual({ status: 0, stdout: shown, stderr: '' });
	});

	// Before 5.8 setns(2) takes no pidfd.
	test.each([
		['of its own', () => {}],
		['and a user namespace', userNamespace],
	])('executes a process in a container with namespaces %s', async (_title, edit) => {
		const id = containerId();
		const path = box((config) => {
			edit(config);
			config.process.args = ['sleep', '600'];
			config.hostname = 'old';
		});
		await using container = await newRuntime().create(id, path, { stdio: 'ignore' });
		await container.start();
		const result = without(
			[...younger, 'setns:error=EINVAL:when=1'],
			[],
			'exec',
			id,
			'sh',
			'-c',
			'hostname; cat /proc/1/comm',
		);
		expect(result).toEqual({ status: 0, stdout: 'old\nsleep\n', stderr: '' });
		await container.kill(9);
	});

	test.each([
		['an option for a whole tree', ['rbind', 'rro'], {}],
		[
			'mapped ids',
			['bind', 'idmap'],
			{ uidMappings: [{ containerID: 0, hostID: 1, size: 1 }], gidMappings: [{ containerID: 0, hostID: 1, size: 1 }] },
		],
	])('says what %s takes', (_title, options, mappings) => {
		const path = box((config) => {
			config.mounts.push({ destination: '/tree', type: 'bind', source: scratch('tree'), options, ...mappings });
			config.root.readonly = false;
		});
		const { status, stdout, stderr } = without(
			['mount_setattr:error=ENOSYS'],
			[],
			'run',
			'--bundle',
			path,
			containerId(),
		);
		expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
		expect(stderr).toContain('take Linux 5.12');
	});

	// selinux_sb_eat_lsm_opts() of the kernel takes commas in a label between quotes only; fsconfig(2) takes no quotes.
	test.each([['u:r:t:s0:c1,c2'], ['"u:r:t:s0:c1,c2"']])('passes the label %s to mount(2) in quotes', (label) => {
		const path = box((config) => {
			config.mounts.push({
				destination: '/labelled',
				type: 'tmpfs',
				options: ['size=1m', `context=${label}`, 'mode=700'],
			});
			config.root.readonly = false;
		});
		const log = join(scratch('trace'), 'mounts');
		without(
			['fsopen:error=ENOSYS'],
			['-o', log, '-s', '200', '-e', 'trace=fsopen,mount'],
			'run',
			'--bundle',
			path,
			containerId(),
		);
		expect(readFileSync(log, 'utf8')).toContain(String.raw`"size=1m,context=\"u:r:t:s0:c1,c2\",mode=700"`);
	});

	// A container's whole life; what `run` and `exec` make by them is above.
	test('every verb works', async () => {
		const id = containerId();
		const path = box((config) => {
			config.process.args = ['sleep', '600'];
		});
		// -D: strace stays with what `create` leaves, and is not waited for.
		const through = failing(younger, '-D');
		const verb = (...words: string[]) => tsrun(words, { through });
		const fine = { status: 0, stderr: '' };
		for (const words of [
			['create', '--bundle', path, id],
			['start', id],
			['pause', id],
			['resume', id],
			['state', id],
			['ps', '--format', 'json', id],
			['kill', id, 'KILL'],
			['list', '--quiet'],
			['delete', '--force', id],
		])
			expect(await verb(...words)).toMatchObject(fine);
		expect(recordedContainers()).toEqual([]);
	});

	test('signals go by pidfd alone: without pidfd_send_signal(2) of 5.1 it is said, and nothing is forgotten', async () => {
		const id = containerId();
		await using _container = await newRuntime().run(id, scriptBundle('sleep 600').path, { stdio: 'ignore' });
		for (const words of [
			['kill', id, 'TERM'],
			['delete', '--force', id],
		]) {
			const { status, stderr } = without(['pidfd_send_signal:error=ENOSYS'], [], ...words);
			expect(status).toBe(1);
			expect(stderr).toContain('pidfd_send_signal: ENOSYS (function not implemented)');
		}
		expect(without(younger, [], 'state', id)).toMatchObject({ status: 0 });
	});

	// Those that have been there since 5.4 have nothing in their place.
	test.each(['pidfd_open', 'open_tree', 'move_mount', 'fsopen'])('says that %s is missing', (call) => {
		const { status, stdout, stderr } = without([`${call}:error=ENOSYS`], [], 'run', '--bundle', box(), containerId());
		expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
		expect(stderr).toMatch(/function not implemented|refuses pidfd_open/);
	});
});

describeWith([root, busybox], 'the oldest kernel', () => {
	const onRelease = (release: string, ...words: string[]) => {
		const file = join(scratch('release'), 'osrelease');
		writeFileSync(file, `${release}\n`);
		const place = '/proc/sys/kernel/osrelease';
		const script = `mount --bind ${file} ${place}; exec "$@"`;
		const namespace = ['--mount', '--propagation', 'private', '--', 'sh', '-euc', script, 'sh'];
		const args = [...namespace, ...program, '--root', stateRoot(), '--log-format', 'json', ...words];
		const { status, stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8', timeout: 20_000 });
		return { status, stdout, stderr };
	};

	test('5.4 is taken', () => {
		const { path } = scriptBundle('echo inside');
		expect(onRelease('5.4.0-1-amd64', 'run', '--bundle', path, containerId())).toEqual({
			status: 0,
			stdout: 'inside\n',
			stderr: '',
		});
	});

	test.each(['5.3.18', '4.19.0-27-amd64'])('%s is refused before anything is made', (release) => {
		const { path } = scriptBundle('echo inside');
		for (const verb of ['run', 'create']) {
			const { status, stdout, stderr } = onRelease(release, verb, '--bundle', path, containerId());
			expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
			expect(JSON.parse(stderr)).toMatchObject({
				code: 'ERR_KERNEL_TOO_OLD',
				msg: expect.stringContaining(`this is Linux ${release}, and tsrun needs 5.4 or a later one`),
			});
		}
		expect(recordedContainers()).toEqual([]);
	});
});

describeWith([root, busybox, strace, cgroup2View], 'a cgroup without cgroup.kill', () => {
	// Before 5.14: frozen, its processes are killed one by one.
	test('is emptied by delete all the same', async () => {
		const { path } = scriptBundle('for n in 1 2 3 4 5; do sleep 600 & done; echo ready; wait', (config) => {
			// With one, the end of init would be that of all.
			config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'pid');
		});
		const id = containerId();
		await using container = await newRuntime().create(id, path, { stdio: 'pipe' });
		await ready(container);
		const own = /^0::(.*)$/m.exec(readFileSync(`/proc/${container.pid}/cgroup`, 'utf8'))?.[1];
		const cgroup = `/sys/fs/cgroup${own}`;
		expect(readFileSync(`${cgroup}/cgroup.procs`, 'utf8').trim().split('\n')).toHaveLength(6);
		const log = join(scratch('trace'), 'opened');
		const hidden = ['-P', `${cgroup}/cgroup.kill`, '-o', log, '-e', 'trace=%file'];
		expect(without(['%file:error=ENOENT'], hidden, 'delete', '--force', id)).toEqual({
			status: 0,
			stdout: '',
			stderr: '',
		});
		expect(readFileSync(log, 'utf8')).toContain('cgroup.kill');
		expect(existsSync(cgroup)).toBe(false);
	});
});
