import { execFileSync } from 'node:child_process';
import { chownSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { failureOf } from '../harness/failure.js';
import { hostTmpfs } from '../harness/host-mounts.js';
import { inside, newRuntime, run } from '../harness/inside.js';
import {
	holdNamespaces,
	type NamespaceType,
	namespaceFiles,
	namespacesOf,
	parseNamespaces,
	printNamespaces,
} from '../harness/namespaces.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

const types = Object.keys(namespaceFiles) as NamespaceType[];

describeWith([root, busybox], 'namespaces joined by path', () => {
	test.each([
		['cgroup', '--cgroup'],
		['ipc', '--ipc'],
		['mount', '--mount'],
		['network', '--net'],
		['pid', '--pid'],
		['time', '--time'],
		['uts', '--uts'],
	] as const)('%s', async (type, option) => {
		await using held = await holdNamespaces([option]);
		const output = await inside(printNamespaces, (config) => {
			const others = (['mount', 'pid', 'network', 'ipc', 'uts'] as const).filter((one) => one !== type);
			config.linux.namespaces = [...others.map((other) => ({ type: other })), { type, path: held.path(type) }];
			delete config.hostname;
		});
		expect(parseNamespaces(output)[type]).toBe(held.inode(type));
	});

	test('several at once, with and without a new pid namespace', async () => {
		await using held = await holdNamespaces(['--net', '--ipc', '--uts', '--cgroup', '--time']);
		const shared = ['network', 'ipc', 'uts', 'cgroup', 'time'] as const;
		for (const pid of [[], [{ type: 'pid' }]]) {
			const output = await inside(`${printNamespaces}; echo process $$`, (config) => {
				config.linux.namespaces = [
					...pid,
					{ type: 'mount' },
					...shared.map((type) => ({ type, path: held.path(type) })),
				];
				delete config.hostname;
			});
			const theirs = parseNamespaces(output);
			for (const type of shared) expect(theirs[type]).toBe(held.inode(type));
			expect(/process (\d+)/.exec(output)?.[1] === '1').toBe(pid.length > 0);
			expect(theirs.pid === namespacesOf().pid).toBe(pid.length === 0);
		}
	});

	test('the hostname of a joined uts namespace can be set, and is seen by those in it', async () => {
		await using held = await holdNamespaces(['--uts'], 'hostname before');
		const output = await inside('hostname', (config) => {
			config.linux.namespaces = [{ type: 'mount' }, { type: 'pid' }, { type: 'uts', path: held.path('uts') }];
			config.hostname = 'after';
		});
		expect(output).toBe('after');
	});

	test('a joined network namespace is left as it is: nobody brings its loopback up', async () => {
		await using held = await holdNamespaces(['--net']);
		const output = await inside('ip -o link show lo', (config) => {
			config.linux.namespaces = [{ type: 'mount' }, { type: 'pid' }, { type: 'network', path: held.path('network') }];
			delete config.hostname;
		});
		expect(output).not.toMatch(/[<,]UP[,>]/);
	});

	test('a joined time namespace keeps its offsets', async () => {
		await using held = await holdNamespaces(['--time', '--boottime=7000000', '--monotonic=5000000']);
		const output = await inside('cat /proc/self/timens_offsets /proc/uptime', (config) => {
			config.linux.namespaces.push({ type: 'time', path: held.path('time') });
		});
		expect(output).toMatch(/^monotonic\s+5000000\s+0\nboottime\s+7000000\s+0\n/);
		expect(Number(/(\d+)\.\d+ [\d.]+$/.exec(output)?.[1])).toBeGreaterThan(7_000_000);
	});

	test('a joined user namespace: root is its root, with the mappings it has', async () => {
		await using held = await holdNamespaces(['--user']);
		held.mapIds('0 100000 65536');
		const output = await inside('readlink /proc/self/ns/user; cat /proc/self/uid_map; id -u; id -G', (config) => {
			config.linux.namespaces.push({ type: 'user', path: held.path('user') });
		});
		const [inode, map, uid, groups] = output.split('\n');
		expect(inode).toBe(held.inode('user'));
		expect(map?.trim().split(/\s+/)).toEqual(['0', '100000', '65536']);
		expect([uid, groups]).toEqual(['0', '0']);
	});

	test('the ids of a mount can be mapped as they are there', async () => {
		await using held = await holdNamespaces(['--user']);
		held.mapIds('0 100000 65536');
		using source = hostTmpfs();
		writeFileSync(join(source.path, 'file'), '');
		chownSync(join(source.path, 'file'), 5, 6);
		const seen = await inside('stat -c %u:%g /usr/file', (config) => {
			config.linux.namespaces.push({ type: 'user', path: held.path('user') });
			config.mounts.push({ destination: '/usr', source: source.path, options: ['bind', 'idmap'] });
		});
		expect(seen).toBe('5:6');
	});

	test('all of another container but the mounts, which its init has left behind: a pod', async () => {
		const runtime = newRuntime();
		const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
		const shared = types.filter((type) => type !== 'mount');
		const first = scriptBundle('sleep 600', (config) => {
			config.linux.namespaces = types.map((type) => ({ type }));
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
		});
		await using pod = await runtime.run(containerId('pod'), first.path, { stdio: 'ignore' });
		const path = (type: NamespaceType) => `/proc/${pod.pid}/ns/${namespaceFiles[type]}`;
		const output = await inside(`${printNamespaces}; ps | grep 'sleep 600' | head -1`, (config) => {
			config.linux.namespaces = [{ type: 'mount' }, ...shared.map((type) => ({ type, path: path(type) }))];
			delete config.hostname;
		});
		const theirs = parseNamespaces(output);
		for (const type of shared) expect(theirs[type]).toBe(readlinkSync(path(type)));
		expect(theirs.mount).not.toBe(readlinkSync(path('mount')));
		// The first one's process is seen in the common pid namespace.
		expect(output).toMatch(/\n\s*1 .*sleep 600$/);
	});
});

describeWith([root, busybox], 'a namespace that cannot be joined', () => {
	const joining = (type: string, path: string) =>
		failureOf(
			run(
				scriptBundle('true', (config) => {
					config.linux.namespaces = config.linux.namespaces.filter((one) => one.type !== type);
					config.linux.namespaces.push({ type, path });
				}).path,
			),
		);

	test('is not there', async () => {
		expect(await joining('network', '/nonexistent/ns')).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: expect.stringMatching(/^\/linux\/namespaces\/\d\/path$/),
			errno: 'ENOENT',
			path: '/nonexistent/ns',
		});
	});

	test('is of another type', async () => {
		expect(await joining('network', '/proc/self/ns/uts')).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: expect.stringMatching(/^\/linux\/namespaces/),
			syscall: 'setns',
			errno: 'EINVAL',
			path: '/proc/self/ns/uts',
		});
	});

	test('is no namespace at all', async () => {
		expect(await joining('ipc', '/etc/passwd')).toMatchObject({ code: 'ERR_STEP_FAILED', path: '/etc/passwd' });
	});

	// By the program, which can be killed: whoever waits for the other end of a fifo in open(2) hears no signal.
	test.each(['network', 'user', 'pid', 'mount', 'time'])('is a fifo without another end: %s', async (type) => {
		const path = join(scratch(), 'fifo');
		execFileSync('mkfifo', [path]);
		const box = scriptBundle('true', (config) => {
			config.linux.namespaces = config.linux.namespaces.filter((one) => one.type !== type);
			config.linux.namespaces.push({ type, path });
			if (type === 'mount') Object.assign(config, { mounts: [] });
		});
		const { status, stderr } = await tsrun(['run', '--bundle', box.path, containerId()]);
		expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringContaining('/linux/namespaces') });
	});
});
