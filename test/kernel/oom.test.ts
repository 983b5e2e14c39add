import type { ContainerEvent } from '../../lib/index.js';
import { scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, cgroup1View, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

const mebibyte = 1_048_576;

const little = (config: Config) => {
	config.linux['resources'] = { memory: { limit: 16 * mebibyte, swap: 16 * mebibyte } };
};

/** Asks for more memory than there is; a line of its input tells when. */
const greedy = 'tail -c 64m /dev/zero';

// cgroup2 beside v1 has no memory controller here, so that the other version is tested where it is alone.
describeWith([root, busybox, cgroup1View], 'running out of memory', () => {
	async function eventsOf(script: string): Promise<{ events: ContainerEvent[]; code: number; signal: number | null }> {
		const { path } = scriptBundle(script, little);
		await using container = await newRuntime().create(containerId(), path, { stdio: 'pipe' });
		const events: ContainerEvent[] = [];
		const heard = (async () => {
			for await (const event of container.events({ intervalMs: 60_000 })) events.push(event);
		})();
		await container.start();
		container.stdin?.end('go\n');
		await heard;
		const { code, signal } = await container.wait();
		return { events, code: code ?? -1, signal };
	}

	test('the kill of a child is told of', async () => {
		const { events, code } = await eventsOf(`read go; (${greedy}) | cat >/dev/null; exit 3`);
		expect(code).toBe(3);
		expect(events.length).toBeGreaterThanOrEqual(1);
		expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['oom']));
	});

	test('the kill that ends the container is told of before the end', async () => {
		const { events, signal } = await eventsOf(`read go; exec ${greedy} >/dev/null`);
		expect(signal).toBe(9);
		expect(events.map(({ type }) => type)).toContain('oom');
	});

	test('nothing is told of a container that had enough', async () => {
		const { events, code } = await eventsOf('read go; exit 0');
		expect(code).toBe(0);
		expect(events).toEqual([]);
	});
});
