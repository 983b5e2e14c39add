import { scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { run } from '../harness/inside.js';
import { busybox, cgroup2View, describeWith, root } from '../harness/requirement.js';

const big = [{ containerID: 0, hostID: 100_000, size: 65_536 }];

async function inside(script: string, options: readonly string[], edit: (config: Config) => void = () => {}) {
	const { path } = scriptBundle(script, (config) => {
		config.linux.namespaces.push({ type: 'user' });
		Object.assign(config.linux, { uidMappings: big, gidMappings: big });
		const mount = config.mounts.find(({ type }) => type === 'cgroup');
		Object.assign(mount ?? {}, { options });
		edit(config);
	});
	const { stdout, stderr } = await run(path);
	return { stdout: stdout.trim().split('\n'), stderr };
}

const writable = ['nosuid', 'noexec', 'nodev'];
const show =
	'cd /sys/fs/cgroup; for file in . cgroup.procs cgroup.subtree_control cgroup.threads cgroup.freeze; do stat -c "%n %u" $file; done';

describeWith([root, busybox, cgroup2View], 'the cgroup of a container in user and cgroup namespaces', () => {
	test('is its own where it may write to it, but for its limits', async () => {
		expect(await inside(show, writable)).toEqual({
			stdout: ['. 0', 'cgroup.procs 0', 'cgroup.subtree_control 0', 'cgroup.threads 0', 'cgroup.freeze 65534'],
			stderr: '',
		});
	});

	test('is that of the user of its process', async () => {
		const { stdout } = await inside(show, writable, (config) => {
			config.process.user = { uid: 1000, gid: 1000 };
		});
		expect(stdout).toContain('cgroup.procs 1000');
	});

	test('can be divided', async () => {
		const script =
			'mkdir /sys/fs/cgroup/part && echo 0 >/sys/fs/cgroup/part/cgroup.procs && cat /proc/self/cgroup; sh -c "cat /proc/self/cgroup"';
		const { stdout, stderr } = await inside(script, writable);
		expect({ stdout: stdout.at(-1), stderr }).toEqual({ stdout: '0::/part', stderr: '' });
	});

	test('stays the runtime’s where it is mounted read-only', async () => {
		const { stdout } = await inside(show, [...writable, 'ro']);
		expect(stdout).toContain('cgroup.procs 65534');
	});
});
