import { scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { inside, run } from '../harness/inside.js';
import { mountsInside } from '../harness/mounts.js';
import { busybox, cgroup1View, cgroup2View, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

const namespaced = (config: Config) => {
	config.linux.namespaces = [...config.linux.namespaces.filter(({ type }) => type !== 'cgroup'), { type: 'cgroup' }];
};
const shared = (config: Config) => {
	config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'cgroup');
};
const writable = (config: Config) => {
	const mount = config.mounts.find(({ type }) => type === 'cgroup');
	if (mount !== undefined) mount.options = mount.options?.filter((option) => option !== 'ro') ?? [];
};

describeWith([root, busybox, cgroup2View], 'a mount of type cgroup on a machine with cgroup2 alone', () => {
	const cgroupMount = async (edit: (config: Config) => void) =>
		(await mountsInside(edit)).filter(({ mountPoint }) => mountPoint.startsWith('/sys/fs/cgroup'));

	test.each([
		['with', namespaced],
		['without', shared],
	])('%s a cgroup namespace: one cgroup2, read-only', async (_, edit) => {
		expect(await cgroupMount(edit)).toEqual([
			expect.objectContaining({
				type: 'cgroup2',
				options: expect.arrayContaining(['ro', 'nosuid', 'nodev', 'noexec']),
			}),
		]);
	});

	test('shows the container’s own cgroup as its root', async () => {
		const output = await inside('cat /sys/fs/cgroup/cgroup.procs | head -1', namespaced);
		expect(output).toBe('1');
	});

	test('writable where no option says otherwise', async () => {
		const output = await inside(
			'mkdir /sys/fs/cgroup/inner && ls -d /sys/fs/cgroup/inner; rmdir /sys/fs/cgroup/inner',
			(config) => {
				namespaced(config);
				writable(config);
			},
		);
		expect(output).toBe('/sys/fs/cgroup/inner');
	});

	test('in a user namespace', async () => {
		const output = await inside('cat /sys/fs/cgroup/cgroup.procs | head -1', (config) => {
			const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
			namespaced(config);
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
		});
		expect(output).toBe('1');
	});
});

describeWith([root, busybox, cgroup1View], 'a mount of type cgroup on a machine with cgroup v1', () => {
	test.each([
		['with', namespaced],
		['without', shared],
	])('%s a cgroup namespace: a directory per hierarchy, which shows the container’s own cgroup', async (_, edit) => {
		const id = containerId();
		const { stdout } = await run(scriptBundle('cat /sys/fs/cgroup/*/cgroup.procs | sort | uniq -c', edit).path, { id });
		// The shell is in all of them, and so are cat, sort and uniq.
		const counts = stdout
			.trim()
			.split('\n')
			.map((line) => line.trim().split(/\s+/));
		expect(Number(counts.find(([, pid]) => pid === '1')?.[0])).toBeGreaterThan(3);
	});

	test.each([
		['with', namespaced],
		['without', shared],
	])('%s a cgroup namespace: all of it read-only', async (_, edit) => {
		const mounts = (await mountsInside(edit)).filter(({ mountPoint }) => mountPoint.startsWith('/sys/fs/cgroup'));
		expect(mounts.length).toBeGreaterThan(3);
		for (const { mountPoint, options } of mounts) expect([mountPoint, options[0]]).toEqual([mountPoint, 'ro']);
	});

	test('controllers that are mounted together have a link each', async () => {
		const output = await inside(
			'for link in /sys/fs/cgroup/*; do [ ! -L $link ] || ls -d $link/cgroup.procs; done; ls /sys/fs/cgroup',
			namespaced,
		);
		expect(output.split('\n')).toEqual(expect.arrayContaining(['cpu', 'freezer', 'memory']));
	});

	test('writable where no option says otherwise', async () => {
		const output = await inside(
			'mkdir /sys/fs/cgroup/freezer/in && echo made; rmdir /sys/fs/cgroup/freezer/in',
			(config) => {
				namespaced(config);
				writable(config);
			},
		);
		expect(output).toBe('made');
	});
});
