import { scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, cgroup1View, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

const limited = (config: Config) => {
	config.linux['resources'] = { memory: { limit: 67_108_864 }, pids: { limit: 20 } };
};

/** Everything that it does is done when it says ready; then it waits for its end. */
const busy = 'dd if=/dev/zero of=/dev/shm/file bs=1M count=8 2>/dev/null; echo ready; read end';

async function ready(stdout: AsyncIterable<unknown> | null): Promise<void> {
	for await (const _ of stdout ?? []) return;
	throw new Error('the container has ended');
}

describeWith([root, busybox], 'what a container uses', () => {
	test('samples come at once and in intervals, until the container ends', async () => {
		const { path } = scriptBundle(busy);
		await using container = await newRuntime().create(containerId(), path, { stdio: 'pipe' });
		await container.start();
		await ready(container.stdout);
		const times: number[] = [];
		let last = 0n;
		for await (const stats of container.stats({ intervalMs: 100 })) {
			times.push(stats.time.getTime());
			expect(stats.cpu?.total).toBeGreaterThan(0n);
			expect(stats.cpu?.total).toBeGreaterThanOrEqual(last);
			last = stats.cpu?.total ?? 0n;
			expect(stats.pids?.current).toBeGreaterThanOrEqual(1n);
			if (times.length === 3) container.stdin?.end('\n');
		}
		expect(times.length).toBeGreaterThanOrEqual(3);
		expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(100);
		expect((await container.wait()).code).toBe(0);
	});

	test('the interfaces are those of its own network namespace', async () => {
		const { path } = scriptBundle(busy);
		await using container = await newRuntime().create(containerId(), path, { stdio: 'pipe' });
		await container.start();
		for await (const { network } of container.stats()) {
			expect(network?.map(({ name }) => name)).toEqual(['lo']);
			break;
		}
	});

	test.each([60_000, 2 ** 31, Number.POSITIVE_INFINITY])(
		'a signal ends the iteration, of %p ms',
		async (intervalMs) => {
			const { path } = scriptBundle(busy);
			await using container = await newRuntime().create(containerId(), path, { stdio: 'pipe' });
			await container.start();
			const abort = new AbortController();
			const samples = container.stats({ intervalMs, signal: abort.signal });
			await samples.next();
			const second = samples.next();
			// A timer that cannot wait so long takes it for 1 ms, and would have rung before this one does so twice.
			const clock = container.stats({ intervalMs: 1 });
			for (let taken = 0; taken < 3; taken++) await clock.next();
			await clock.return();
			abort.abort();
			await expect(second).rejects.toMatchObject({ code: 'ERR_ABORTED' });
		},
	);

	test('there are none of a container that has ended', async () => {
		const { path } = scriptBundle(':');
		const id = containerId();
		await using container = await newRuntime().create(id, path);
		await container.start();
		await container.wait();
		await expect(container.stats().next()).rejects.toMatchObject({
			code: 'ERR_WRONG_STATUS',
			message: `container with id ${id} is not running`,
		});
		await expect(container.stats({ intervalMs: 0 }).next()).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
	});
});

describeWith([root, busybox, cgroup1View], 'what a container uses, of the controllers of v1', () => {
	test('memory, processes and processors', async () => {
		const { path } = scriptBundle(busy, limited);
		await using container = await newRuntime().create(containerId(), path, { stdio: 'pipe' });
		await container.start();
		await ready(container.stdout);
		const samples = container.stats();
		const { value: stats } = await samples.next();
		await samples.return();
		expect(stats).toMatchObject({
			memory: { usage: { limit: 67_108_864n, failures: 0n } },
			pids: { current: 1n, limit: 20n },
			blockIO: { serviced: expect.any(Array) },
			cpuset: { cpus: expect.arrayContaining([0]), mems: [0] },
		});
		const { usage, cache, details } = stats?.memory ?? {};
		expect(usage?.current).toBeGreaterThan(8_388_608n);
		expect(usage?.peak).toBeGreaterThanOrEqual(usage?.current ?? 0n);
		expect(cache).toBeGreaterThanOrEqual(8_388_608n);
		expect(details?.get('hierarchical_memory_limit')).toBe(67_108_864n);
		expect(stats?.cpu?.perCpu?.total.length).toBeGreaterThan(0);
	});
});
