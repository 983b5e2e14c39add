import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { weightOfShares } from '../../lib/plan/resources/cpu-weight.js';
import { cgroupOf, fileValue, unifiedController } from '../harness/controllers.js';
import { eventually } from '../harness/eventually.js';
import { failureOf } from '../harness/failure.js';
import { limited, ready } from '../harness/limited.js';
import { busybox, cgroup2View, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

const mebibyte = 1 << 20;

/** The values of files of a container's cgroup, by their names. */
function values(pid: number, ...files: string[]): string[] {
	const directory = cgroupOf(pid, 'unified');
	return files.map((file) => fileValue(directory, file));
}

describeWith([root, busybox, unifiedController('memory')], 'memory on cgroup v2', () => {
	const files = ['memory.max', 'memory.swap.max', 'memory.low'] as const;

	test('limits and updates', async () => {
		await using container = await limited(':', {
			memory: { limit: 64 * mebibyte, swap: 96 * mebibyte, reservation: 32 * mebibyte },
		});
		const now = () => values(container.pid, ...files);
		expect(now()).toEqual([`${64 * mebibyte}`, `${32 * mebibyte}`, `${32 * mebibyte}`]);
		await container.update({ memory: { limit: BigInt(40 * mebibyte), reservation: -1n } });
		// 96 MiB of memory and swap together, as before.
		expect(now()).toEqual([`${40 * mebibyte}`, `${56 * mebibyte}`, 'max']);
		await container.update({ memory: { limit: -1n } });
		expect(now()).toEqual(['max', 'max', 'max']);
	});

	test('checkBeforeUpdate keeps a limit from killing', async () => {
		const holder = 'x=$(head -c 16777216 /dev/zero | tr "\\0" x); echo ready; sleep 1000; :';
		await using container = await limited(holder, { memory: { limit: 64 * mebibyte } });
		await ready(container);
		const low = { limit: BigInt(4 * mebibyte), checkBeforeUpdate: true };
		const error = await failureOf(container.update({ pids: { limit: 9n }, memory: low }));
		expect(error).toMatchObject({ code: 'ERR_CGROUP', pointer: '/memory/limit', also: [] });
		expect(error.message).toMatch(/^rejecting memory limit 4194304 <= usage \d{8}$/);
		expect(values(container.pid, 'memory.max', 'pids.max')).toEqual([`${64 * mebibyte}`, 'max']);
		await container.update({ memory: { limit: BigInt(4 * mebibyte), checkBeforeUpdate: false } });
		expect(await container.wait()).toMatchObject({ code: null, signal: 9 });
	});
});

describeWith([root, busybox, unifiedController('cpu')], 'processor time on cgroup v2', () => {
	test('limits and updates', async () => {
		await using container = await limited(':', { cpu: { shares: 300, quota: 50_000, period: 200_000, burst: 10_000 } });
		const now = () => values(container.pid, 'cpu.weight', 'cpu.max', 'cpu.max.burst');
		expect(now()).toEqual([`${weightOfShares(300n)}`, '50000 200000', '10000']);
		await container.update({ cpu: { quota: 5000n, burst: 5000n } });
		await container.update({ cpu: { period: 100_000n, shares: 1024n } });
		expect(now()).toEqual(['100', '5000 100000', '5000']);
		await container.update({ cpu: { quota: -1n } });
		expect(now()).toEqual(['100', 'max 100000', '5000']);
	});

	test('an idle cgroup gets its weight when it stops being idle', async () => {
		await using container = await limited(':', { cpu: { shares: 512, idle: 1 } });
		expect(values(container.pid, 'cpu.idle')).toEqual(['1']);
		await container.update({ cpu: { idle: 0 } });
		expect(values(container.pid, 'cpu.idle', 'cpu.weight')).toEqual(['0', `${weightOfShares(512n)}`]);
	});

	test('a quota is what a busy loop gets', async () => {
		const quota = 10_000;
		await using container = await limited('echo ready; while :; do :; done', { cpu: { quota, period: 50_000 } });
		await ready(container);
		const counted = (name: string) =>
			Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(values(container.pid, 'cpu.stat')[0] ?? '')?.[1]);
		const start = { usage: counted('usage_usec'), periods: counted('nr_periods') };
		await eventually('20 periods have passed', () => counted('nr_periods') >= start.periods + 20);
		const perPeriod = (counted('usage_usec') - start.usage) / (counted('nr_periods') - start.periods);
		expect(counted('nr_throttled')).toBeGreaterThan(10);
		expect(perPeriod).toBeLessThan(quota * 1.5);
	});
});

describeWith([root, busybox, unifiedController('io')], 'block devices on cgroup v2', () => {
	test('a weight is on the scale of the scheduler that is there', async () => {
		await using container = await limited(':', { blockIO: { weight: 500 } });
		const directory = cgroupOf(container.pid, 'unified');
		const text = await Promise.resolve()
			.then(() => fileValue(directory, 'io.bfq.weight'))
			.catch(() => fileValue(directory, 'io.weight'));
		expect(text).toMatch(/^default (500|4950)$/m);
	});
});

describeWith([root, busybox, cgroup2View, unifiedController('pids')], 'a controller that is not handed on', () => {
	const path = join('/', containerId('busy'));

	test('is an error that says by whom, why, and what to do', async () => {
		const above = join(dirname(cgroupOf(process.pid, 'unified').replace(/^(\/sys\/fs\/cgroup).*/, '$1/x')), path);
		mkdirSync(above);
		const child = spawn('sleep', ['1000']);
		await once(child, 'spawn');
		try {
			writeFileSync(`${above}/cgroup.procs`, String(child.pid));
			const attempt = limited(':', { pids: { limit: 5 } }, (config) => {
				config.linux['cgroupsPath'] = `${path}/box`;
			});
			const error = await failureOf(attempt);
			expect(error).toMatchObject({ code: 'ERR_CGROUP', pointer: '/linux/resources/pids/limit' });
			expect(error.hint).toBe(
				`The cgroup ${above} has the controller pids and does not hand it on: it has processes of its own; ` +
					'move them to a cgroup below it, or choose another linux.cgroupsPath.',
			);
		} finally {
			child.kill('SIGKILL');
			await once(child, 'exit');
			rmdirSync(above);
		}
	});
});
