import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { cgroupOf, controller, fileValue, legacyController } from '../harness/controllers.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

const ok = { status: 0, stdout: '', stderr: '' };

describeWith([root, busybox, controller('pids')], 'update', () => {
	let id: string;
	let pid: number;
	beforeEach(async () => {
		id = containerId();
		expect(await tsrun(['run', '-d', '-b', scriptBundle('sleep 1000').path, id])).toMatchObject({ status: 0 });
		pid = JSON.parse((await tsrun(['state', id])).stdout).pid;
	});
	afterEach(async () => {
		await tsrun(['delete', '--force', id]);
	});

	const pids = () => fileValue(cgroupOf(pid, 'pids'), 'pids.max');

	test('by options', async () => {
		expect(await tsrun(['update', '--pids-limit', '17', id])).toMatchObject(ok);
		expect(pids()).toBe('17');
		expect(await tsrun(['update', '--pids-limit', '-1', id])).toMatchObject(ok);
		expect(pids()).toBe('max');
	});

	test('by JSON on standard input', async () => {
		const input = JSON.stringify({ pids: { limit: 19 } });
		expect(await tsrun(['update', '--resources', '-', id], { input })).toMatchObject(ok);
		expect(pids()).toBe('19');
	});

	test('of what no kernel has any more is done with a warning', async () => {
		expect(await tsrun(['update', '--kernel-memory', '5m', '--pids-limit', '21', id])).toMatchObject({
			status: 0,
			stderr: expect.stringMatching(/level=warning msg="kernel is ignored: kernel memory counts to the memory limit/),
		});
		expect(pids()).toBe('21');
	});

	test('of several values of which the last is refused changes none', async () => {
		const before = pids();
		const input = JSON.stringify({ pids: { limit: 23 }, unified: { 'cgroup.max.depth': 'deep' } });
		expect(await tsrun(['update', '-r', '-', id], { input })).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^cannot write "deep" to .*cgroup\.max\.depth: invalid argument/),
		});
		expect(pids()).toBe(before);
		expect(JSON.parse((await tsrun(['state', id])).stdout)).toMatchObject({ status: 'running' });
	});

	test('of no container', async () => {
		expect(await tsrun(['update', '--pids-limit', '5', containerId()])).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^container does not exist/),
		});
	});
});

describeWith(
	[root, busybox, ...['cpu', 'memory', 'cpuset'].map(legacyController)],
	'update of every limit that has an option, on cgroup v1',
	() => {
		test('one after the other', async () => {
			const id = containerId();
			expect(await tsrun(['create', '-b', scriptBundle(':').path, id])).toMatchObject({ status: 0 });
			try {
				const { pid } = JSON.parse((await tsrun(['state', id])).stdout);
				for (const [options, name, file, value] of [
					['--cpu-share 256', 'cpu', 'cpu.shares', '256'],
					['--cpu-period 50000 --cpu-quota 20000', 'cpu', 'cpu.cfs_quota_us', '20000'],
					['--cpu-burst 1000', 'cpu', 'cpu.cfs_burst_us', '1000'],
					['--cpu-idle 1', 'cpu', 'cpu.idle', '1'],
					['--cpuset-cpus 0', 'cpuset', 'cpuset.cpus', '0'],
					['--cpuset-mems 0', 'cpuset', 'cpuset.mems', '0'],
					['--memory 64m', 'memory', 'memory.limit_in_bytes', `${64 << 20}`],
					['--memory-swap 96m', 'memory', 'memory.memsw.limit_in_bytes', `${96 << 20}`],
					['--memory-reservation 32m', 'memory', 'memory.soft_limit_in_bytes', `${32 << 20}`],
				] as const) {
					expect([options, await tsrun(['update', ...options.split(' '), id])]).toEqual([
						options,
						expect.objectContaining(ok),
					]);
					expect([options, fileValue(cgroupOf(pid, name), file)]).toEqual([options, value]);
				}
			} finally {
				await tsrun(['delete', '--force', id]);
			}
		});
	},
);
