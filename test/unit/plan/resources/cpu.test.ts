import fc from 'fast-check';
import { weightOfShares } from '../../../../lib/plan/resources/cpu-weight.js';
import { compiled, legacy, unified, writes } from './compiled.js';

describe('shares as a weight', () => {
	test.each([
		[0n, 1],
		[1n, 1],
		[2n, 1],
		[3n, 2],
		[10n, 4],
		[100n, 17],
		[512n, 59],
		[1024n, 100],
		[2048n, 174],
		[65_536n, 3023],
		[262_143n, 10_000],
		[262_144n, 10_000],
		[2n ** 64n - 1n, 10_000],
	])('%d becomes %d', (shares, weight) => expect(weightOfShares(shares)).toBe(weight));

	test('more shares are never a smaller weight, and all are weights', () => {
		const shares = fc.bigInt({ min: 0n, max: 300_000n });
		fc.assert(
			fc.property(shares, shares, (one, other) => {
				const [less, more] = one < other ? [one, other] : [other, one];
				expect(weightOfShares(less)).toBeLessThanOrEqual(weightOfShares(more));
				expect(weightOfShares(less)).toBeGreaterThanOrEqual(1);
				expect(weightOfShares(more)).toBeLessThanOrEqual(10_000);
			}),
		);
	});
});

describe('cgroup v1', () => {
	test('everything', () => {
		const cpu = {
			shares: 512n,
			quota: 50_000n,
			period: 100_000n,
			burst: 10_000n,
			realtimeRuntime: 5000n,
			realtimePeriod: 1_000_000n,
			idle: 0,
		};
		const { groups, early } = compiled(legacy, { cpu });
		expect(groups).toEqual([
			['/v1/cpu/c/cpu.rt_period_us = 1000000', '/v1/cpu/c/cpu.rt_runtime_us = 5000'],
			['/v1/cpu/c/cpu.idle = 0'],
			['/v1/cpu/c/cpu.shares = 512'],
			[
				'/v1/cpu/c/cpu.cfs_period_us = 100000',
				'/v1/cpu/c/cpu.cfs_quota_us = 50000',
				'/v1/cpu/c/cpu.cfs_burst_us = 10000',
			],
		]);
		// A task with a realtime policy cannot enter a cgroup that has no realtime bandwidth.
		expect(early).toEqual(groups[0]);
	});

	test.each([1n, 262_145n])('%d shares, which the kernel would cut, are refused', (shares) => {
		expect(compiled(legacy, { cpu: { shares } }).faults).toEqual([
			`/at/cpu/shares: must be from 2 to 262144 on cgroup v1, found ${shares}`,
		]);
	});

	test.each([-1n, -5n])('a quota of %d is none', (quota) => {
		expect(writes(legacy, { cpu: { quota } })).toEqual(['/v1/cpu/c/cpu.cfs_quota_us = -1']);
	});
});

describe('cgroup v2', () => {
	test('everything', () => {
		const cpu = { shares: 1024n, quota: 50_000n, period: 200_000n, burst: 10_000n, idle: 0 };
		expect(compiled(unified, { cpu }).groups).toEqual([
			['/v2/c/cpu.idle = 0'],
			['/v2/c/cpu.weight = 100'],
			['/v2/c/cpu.max = 50000 200000', '/v2/c/cpu.max.burst = 10000'],
		]);
	});

	test.each([
		[{ quota: 20_000n }, '20000 100000'],
		[{ quota: -1n }, 'max 100000'],
		[{ period: 50_000n }, 'max 50000'],
		[{ quota: 0n, period: 50_000n }, 'max 50000'],
	])('%p is cpu.max "%s"', (cpu, value) => expect(writes(unified, { cpu })).toEqual([`/v2/c/cpu.max = ${value}`]));

	test('a burst of 0 is a value', () => {
		expect(writes(unified, { cpu: { burst: 0n } })).toEqual(['/v2/c/cpu.max.burst = 0']);
	});

	test('realtime bandwidth is refused, and none of it is not', () => {
		const { faults } = compiled(unified, { cpu: { realtimeRuntime: 1n, realtimePeriod: 2n } });
		expect(faults).toEqual([expect.stringMatching(/^\/at\/cpu\/realtimeRuntime: cannot be had on cgroup v2/)]);
		expect(compiled(unified, { cpu: { realtimeRuntime: 0n, realtimePeriod: 0n } }).faults).toEqual([]);
	});
});

describe.each([
	['v1', legacy, '/v1/cpu/c', 'cpu.shares = 512'],
	['v2', unified, '/v2/c', 'cpu.weight = 59'],
])('idle on cgroup %s', (_, layout, directory, weight) => {
	test('an idle cgroup takes no weight: the kernel refuses one', () => {
		expect(writes(layout, { cpu: { idle: 1, shares: 512n } })).toEqual([`${directory}/cpu.idle = 1`]);
	});

	test('one that stops being idle gets its weight back', () => {
		const whole = { cpu: { idle: 0, shares: 512n } };
		expect(writes(layout, { cpu: { idle: 0 } }, { whole })).toEqual([
			`${directory}/cpu.idle = 0`,
			`${directory}/${weight}`,
		]);
	});
});

test.each([legacy, unified])('zeros, which Go callers send for "not set", ask for nothing ($mode)', (layout) => {
	const cpu = { shares: 0n, quota: 0n, period: 0n, realtimeRuntime: 0n, realtimePeriod: 0n };
	expect(writes(layout, { cpu })).toEqual([]);
	expect(writes(layout, { cpu: {} })).toEqual([]);
});

describe('an update', () => {
	const whole = { cpu: { quota: 30_000n, period: 60_000n } };

	test.each([{ quota: 30_000n }, { period: 60_000n }])('of %p alone keeps the other half of cpu.max', (cpu) => {
		expect(writes(unified, { cpu }, { whole })).toEqual(['/v2/c/cpu.max = 30000 60000']);
	});

	test('of the period alone leaves the quota of v1 as it is', () => {
		expect(writes(legacy, { cpu: { period: 60_000n } }, { whole })).toEqual(['/v1/cpu/c/cpu.cfs_period_us = 60000']);
	});
});
