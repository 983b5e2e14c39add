import { scriptBundle } from '../harness/bundle.js';
import { type CliResult, tsrun } from '../harness/cli.js';
import { legacyController } from '../harness/controllers.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

/** Runs a container to its end where something is not mounted that this machine has. */
async function runWithout(preparation: string, script: string, resources: object): Promise<CliResult> {
	const { path } = scriptBundle(script, (config) => {
		config.linux['resources'] = resources;
	});
	const through = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', `${preparation}; exec "$@"`, 'sh'];
	return tsrun(['run', '--bundle', path, containerId()], { through });
}

const everything = 'while umount -R /sys/fs/cgroup 2>/dev/null; do :; done';

describeWith([root, busybox], 'where no cgroup file system is mounted', () => {
	test('containers run, and it is said that nothing restricts their devices', async () => {
		const { status, stdout, stderr } = await runWithout(everything, 'echo runs', {
			devices: [{ allow: false, access: 'rwm' }],
		});
		expect({ status, stdout }).toEqual({ status: 0, stdout: 'runs\n' });
		expect(stderr).toMatch(
			/level=warning msg="the use of devices is not restricted: .*no cgroup file system is mounted/,
		);
	});

	test('each limit is refused by its name, with what to do', async () => {
		const limits = { pids: { limit: 5 }, memory: { limit: 10_000_000 }, unified: { 'memory.high': '1' } };
		const { status, stderr } = await runWithout(everything, 'true', limits);
		expect(status).toBe(1);
		expect(stderr).toMatch(/pids\/limit: needs the cgroup controller pids, .*mount cgroup2 at \/sys\/fs\/cgroup$/m);
		expect(stderr).toMatch(/memory\/limit: needs the cgroup controller memory, .*mount cgroup2 at \/sys\/fs\/cgroup$/m);
		expect(stderr).toMatch(/unified\/memory\.high: invalid configuration: needs cgroup v2, which is not mounted here/);
	});
});

describeWith(
	[root, busybox, ...['pids', 'cpu'].map(legacyController)],
	'where one v1 controller is not mounted',
	() => {
		test('its limits are refused with the mount that it takes, the others are set', async () => {
			const without = 'umount /sys/fs/cgroup/pids';
			const { status, stderr } = await runWithout(without, 'true', { pids: { limit: 5 } });
			expect(status).toBe(1);
			expect(stderr).toMatch(
				/needs the cgroup controller pids, .*: mount -t cgroup -o pids cgroup \/sys\/fs\/cgroup\/pids$/m,
			);
			const others = await runWithout(without, 'cat /sys/fs/cgroup/cpu/cpu.shares', { cpu: { shares: 300 } });
			expect(others).toMatchObject({ status: 0, stdout: '300\n', stderr: '' });
		});
	},
);
