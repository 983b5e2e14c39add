import { execFileSync } from 'node:child_process';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { inside, run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

const status = "grep -E '^(Uid|Gid|Groups):' /proc/self/status | tr -s '\\t ' ' '";
const as = (user: Config['process']['user']) => (config: Config) => {
	config.process.user = user;
};

describeWith([root, busybox], 'process.user', () => {
	test('real, effective, saved and file system ids, and no group of the caller’s', async () => {
		expect(await inside(status, as({ uid: 1234, gid: 5678 }))).toBe(
			'Uid: 1234 1234 1234 1234\nGid: 5678 5678 5678 5678\nGroups:',
		);
	});

	test('the largest ids there are', async () => {
		expect(await inside(status, as({ uid: 4294967294, gid: 4294967294 }))).toContain(
			'Uid: 4294967294 4294967294 4294967294 4294967294',
		);
	});

	test('additional groups', async () => {
		const groups = [1, 20, 3000000000];
		expect(await inside(status, as({ uid: 0, gid: 0, additionalGids: groups }))).toMatch(/Groups: 1 20 3000000000 ?$/);
	});

	test.each([
		[undefined, '0022'],
		[0o077, '0077'],
		[0, '0000'],
		[0o777, '0777'],
	])('umask %s', async (umask, seen) => {
		const user = umask === undefined ? { uid: 0, gid: 0 } : { uid: 0, gid: 0, umask };
		expect(await inside('umask', as(user))).toBe(seen);
	});
});

const mapped = (config: Config) => {
	config.linux.namespaces.push({ type: 'user' });
	Object.assign(config.linux, {
		uidMappings: [
			{ containerID: 0, hostID: 100000, size: 10 },
			{ containerID: 1000, hostID: 200000, size: 5 },
		],
		gidMappings: [{ containerID: 0, hostID: 300000, size: 2000 }],
	});
};

describeWith([root, busybox], 'a user namespace with mappings', () => {
	test('has these mappings', async () => {
		const output = await inside('cat /proc/self/uid_map /proc/self/gid_map; cat /proc/self/setgroups', mapped);
		expect(output.split('\n').map((line) => line.trim().split(/\s+/).join(' '))).toEqual([
			'0 100000 10',
			'1000 200000 5',
			'0 300000 2000',
			'allow',
		]);
	});

	test('the user is one of them', async () => {
		const output = await inside(status, (config) => {
			mapped(config);
			config.process.user = { uid: 1003, gid: 1500, additionalGids: [7] };
		});
		expect(output).toMatch(/^Uid: 1003 1003 1003 1003\nGid: 1500 1500 1500 1500\nGroups: 7 ?$/);
	});

	test('a bind source that only root of the host can reach is bound all the same', async () => {
		const box = scriptBundle('cat /data/file', (config) => {
			mapped(config);
			config.mounts.push({ destination: '/data', source: 'private/inner', options: ['rbind'] });
		});
		execFileSync(
			'sh',
			['-euc', 'mkdir -p rootfs/data private/inner; chmod 700 private; echo text > private/inner/file'],
			{
				cwd: box.path,
			},
		);
		expect(await run(box.path)).toMatchObject({ stdout: 'text\n', stderr: '' });
	});

	test('all of the default file systems', async () => {
		const output = await inside('ls -d /proc/1 /dev/pts/ptmx /dev/shm /sys/class', mapped);
		expect(output.split('\n')).toHaveLength(4);
	});

	test.each([
		['uid', { uid: 500, gid: 0 }],
		['gid', { uid: 0, gid: 5000 }],
		['additionalGids', { uid: 0, gid: 0, additionalGids: [5000] }],
	])('a %s without a mapping is refused before anything is done', async (name, user) => {
		const box = bundle((config) => {
			mapped(config);
			config.process.user = user;
		});
		expect(await failureOf(run(box.path))).toMatchObject({
			code: 'ERR_CONFIG_INVALID',
			pointer: expect.stringContaining(`/process/user/${name}`),
		});
	});
});

describeWith([root, busybox], 'the annotation run.oci.keep_original_groups', () => {
	const groups = ['setpriv', '--groups', '4242,4343'];
	const annotated = (value: string) => (config: Config) => {
		config.process.user = { uid: 1000, gid: 1000, additionalGids: [7] };
		config.annotations = { 'run.oci.keep_original_groups': value };
	};

	test.each([
		['1', 'Groups: 4242 4343'],
		['0', 'Groups: 7'],
	])('%s', async (value, seen) => {
		const { path } = scriptBundle(status, annotated(value));
		const { stdout } = await tsrun(['run', '--bundle', path, containerId()], { through: groups });
		expect(stdout.trim().split('\n').at(-1)?.trim()).toBe(seen);
	});

	test('holds for exec, and in a user namespace, where the groups have no names', async () => {
		const id = containerId();
		const { path } = scriptBundle('sleep 600', (config) => {
			annotated('1')(config);
			const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
		});
		expect(await tsrun(['run', '--detach', '--bundle', path, id], { through: groups })).toMatchObject({ status: 0 });
		const { stdout } = await tsrun(['exec', id, 'grep', '^Groups', '/proc/self/status'], { through: groups });
		expect(stdout.trim().split(/\s+/)).toEqual(['Groups:', '65534', '65534']);
		await tsrun(['delete', '--force', id]);
	});
});
