import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerEvent } from '../../lib/index.js';
import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { cgroupOf, controller } from '../harness/controllers.js';
import { failureOf } from '../harness/failure.js';
import { shellHook } from '../harness/hooks.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, cgroup1View, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

const mebibyte = 1_048_576;

const little = (config: Config) => {
	config.linux['resources'] = { memory: { limit: 16 * mebibyte, swap: 16 * mebibyte } };
};

/** Asks for more memory than there is; a line of its input tells when. */
const greedy = 'tail -c 64m /dev/zero';

/**
 * A hook of the container that has memory run out, and makes init the process to be killed for it: several that take little each,
 * as what a process may take as a whole weighs as much as the worst score.
 */
const greedyHook = shellHook(`
while read -r name value; do [ "$name" = PPid: ] && parent=$value; done </proc/self/status
cmp -s /proc/self/cgroup "/proc/$parent/cgroup" || exit 77
echo 1000 >"/proc/$parent/oom_score_adj"
eat() { x=0123456789; while [ \${#x} -lt 1000000 ]; do x=$x$x; done; sleep 20; }
for one in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do eat & done; wait`);

describeWith([root, busybox, controller('memory')], 'memory that runs out before the container is made', () => {
	test('is what create fails with, in the words that callers look for, and nothing is left', async () => {
		const { path } = scriptBundle(':', (config) => {
			little(config);
			config.hooks = { createContainer: [greedyHook] };
		});
		const id = containerId();
		const runtime = newRuntime();
		const error = await failureOf(runtime.create(id, path));
		expect(error).toMatchObject({ code: 'ERR_INIT_DIED', containerId: id, also: [] });
		expect(error.message).toContain('container init was OOM-killed (memory limit too low?)');
		expect(error.hint).toContain('raise linux.resources.memory.limit');
		expect(existsSync(`${cgroupOf(process.pid, 'memory')}/${id}`)).toBe(false);
		await expect(runtime.get(id)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
	});

	test('is in the log as one object', async () => {
		const { path } = scriptBundle(':', (config) => {
			little(config);
			config.hooks = { createContainer: [greedyHook] };
		});
		const log = join(scratch('oom'), 'log.json');
		const result = await tsrun(['--log', log, '--log-format', 'json', 'run', '--bundle', path, containerId()]);
		expect(result.status).not.toBe(0);
		const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
		expect(lines.map((line) => JSON.parse(line))).toEqual([
			expect.objectContaining({
				level: 'error',
				msg: expect.stringContaining('container init was OOM-killed (memory limit too low?)'),
			}),
		]);
	});
});

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
