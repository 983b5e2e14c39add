import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { cgroupOf, controller, fileValue, legacyController, realtimeBandwidth } from '../harness/controllers.js';
import { eventually } from '../harness/eventually.js';
import { limited, outcome, ready } from '../harness/limited.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

describeWith([root, busybox, legacyController('cpu')], 'processor time on cgroup v1', () => {
	test('every member is in its file', async () => {
		await using container = await limited(':', {
			cpu: { shares: 300, quota: 50_000, period: 200_000, burst: 10_000, idle: 0 },
		});
		const directory = cgroupOf(container.pid, 'cpu');
		expect(fileValue(directory, 'cpu.shares')).toBe('300');
		expect(fileValue(directory, 'cpu.cfs_quota_us')).toBe('50000');
		expect(fileValue(directory, 'cpu.cfs_period_us')).toBe('200000');
		expect(fileValue(directory, 'cpu.cfs_burst_us')).toBe('10000');
		expect(fileValue(directory, 'cpu.idle')).toBe('0');
	});

	test('an idle cgroup gets its shares when it stops being idle', async () => {
		await using container = await limited(':', { cpu: { shares: 300, idle: 1 } });
		const directory = cgroupOf(container.pid, 'cpu');
		expect(fileValue(directory, 'cpu.idle')).toBe('1');
		await container.update({ cpu: { idle: 0 } });
		expect([fileValue(directory, 'cpu.idle'), fileValue(directory, 'cpu.shares')]).toEqual(['0', '300']);
	});

	test('quota, period and burst change together, in the order that the kernel takes', async () => {
		await using container = await limited(':', { cpu: { quota: 20_000, period: 20_000 } });
		const directory = cgroupOf(container.pid, 'cpu');
		const now = () => ['quota', 'period', 'burst'].map((name) => Number(fileValue(directory, `cpu.cfs_${name}_us`)));
		for (const [quota, period, burst] of [
			[100_000, 1_000_000, 100_000],
			[5000, 10_000, 1000],
			[50_000, 100_000, 50_000],
		] as const) {
			await container.update({ cpu: { quota: BigInt(quota), period: BigInt(period), burst: BigInt(burst) } });
			expect(now()).toEqual([quota, period, burst]);
		}
		await container.update({ cpu: { burst: 0n, quota: -1n } });
		expect(now()).toEqual([-1, 100_000, 0]);
	});
});

describeWith([root, busybox, realtimeBandwidth], 'realtime bandwidth', () => {
	test('is there when a realtime process enters', async () => {
		const realtime = { realtimeRuntime: 10_000, realtimePeriod: 1_000_000 };
		await using container = await limited(':', { cpu: realtime }, (config) => {
			config.process['scheduler'] = { policy: 'SCHED_FIFO', priority: 1 };
		});
		const directory = cgroupOf(container.pid, 'cpu');
		expect(fileValue(directory, 'cpu.rt_runtime_us')).toBe('10000');
		expect(await outcome(container)).toMatchObject({ code: 0 });
	});
});

describeWith([root, busybox, legacyController('cpu'), legacyController('cpuacct')], 'a quota', () => {
	test('is what a busy loop gets', async () => {
		const quota = 10_000;
		await using container = await limited('echo ready; while :; do :; done', { cpu: { quota, period: 50_000 } });
		await ready(container);
		const directory = cgroupOf(container.pid, 'cpu');
		const usage = () => Number(fileValue(cgroupOf(container.pid, 'cpuacct'), 'cpuacct.usage')) / 1000;
		const counted = (name: string) =>
			Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(fileValue(directory, 'cpu.stat'))?.[1]);
		const start = { usage: usage(), periods: counted('nr_periods') };
		await eventually('20 periods have passed', () => counted('nr_periods') >= start.periods + 20);
		const perPeriod = (usage() - start.usage) / (counted('nr_periods') - start.periods);
		expect(counted('nr_throttled')).toBeGreaterThan(10);
		// The kernel hands out slices of 5 ms, and takes time that was overdrawn from the next period.
		expect(perPeriod).toBeLessThan(quota * 1.5);
		expect(perPeriod).toBeGreaterThan(quota * 0.3);
	});
});

const twoProcessors = { what: 'two processors', met: () => cpus().length >= 2 };

describeWith([root, busybox, controller('cpuset'), twoProcessors], 'a cpuset', () => {
	const allowed = (status: string) => /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];

	test('holds from the first moment, and can be changed', async () => {
		await using container = await limited('cat /proc/self/status; sleep 1000', { cpu: { cpus: '1', mems: '0' } });
		const seen = () => allowed(readFileSync(`/proc/${container.pid}/status`, 'utf8'));
		expect(seen()).toBe('1');
		const directory = cgroupOf(container.pid, 'cpuset');
		expect(fileValue(directory, 'cpuset.cpus')).toBe('1');
		expect(fileValue(directory, 'cpuset.mems')).toBe('0');
		await container.update({ cpu: { cpus: '0' } });
		expect(seen()).toBe('0');
		await container.update({ cpu: { cpus: '0-1' } });
		expect(seen()).toBe('0-1');
	});

	test('that the kernel refuses leaves the one before', async () => {
		await using container = await limited(':', { cpu: { cpus: '1' } });
		await expect(container.update({ cpu: { mems: '0', cpus: '4000' } })).rejects.toMatchObject({
			code: 'ERR_CGROUP',
			pointer: '/cpu/cpus',
		});
		expect(fileValue(cgroupOf(container.pid, 'cpuset'), 'cpuset.cpus')).toBe('1');
	});
});
