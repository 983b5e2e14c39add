import { scriptBundle } from '../harness/bundle.js';
import { eventually } from '../harness/eventually.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { isAlive } from '../harness/is-alive.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { recordedContainers } from '../harness/state-root.js';

const ignored = { stdio: 'ignore' } as const;
const waiting = () => scriptBundle('sleep 600').path;

describeWith([root, busybox], 'delete', () => {
	test('of a created container kills it: engines rely on that', async () => {
		const container = await newRuntime().create(containerId(), waiting(), ignored);
		await container.delete();
		expect(isAlive(container.pid)).toBe(false);
		expect(recordedContainers()).toEqual([]);
	});

	test('of a running one is refused', async () => {
		await using container = await newRuntime().run(containerId(), waiting(), ignored);
		expect(await failureOf(container.delete())).toMatchObject({
			code: 'ERR_WRONG_STATUS',
			message: `cannot delete container ${container.id} that is not stopped: running`,
		});
		expect(await container.state()).toMatchObject({ status: 'running' });
	});

	test('of a running one by force', async () => {
		const container = await newRuntime().run(containerId(), waiting(), ignored);
		await container.delete({ force: true });
		expect(isAlive(container.pid)).toBe(false);
		expect(recordedContainers()).toEqual([]);
	});

	test('of a paused one by force', async () => {
		const container = await newRuntime().run(containerId(), waiting(), ignored);
		await container.pause();
		await container.delete({ force: true });
		expect(isAlive(container.pid)).toBe(false);
	});

	test.each([
		['in a pid namespace', true],
		['without one', false],
	])('by force of one that forks without end, %s', async (_, ownPids) => {
		// Each process starts the next one and ends: none is there for long enough to be killed by its pid.
		const { path } = scriptBundle('chain() { chain & }; for i in 1 2 3 4 5; do chain & done; sleep 600', (config) => {
			if (!ownPids) config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'pid');
		});
		await using container = await newRuntime().run(containerId(), path, ignored);
		const seen = new Set<number>();
		await eventually('it has forked', async () => {
			for (const pid of await container.ps()) seen.add(pid);
			return seen.size > 30;
		});
		await container.delete({ force: true });
		expect(recordedContainers()).toEqual([]);
	});

	test('after the program has ended takes what it left running in the cgroup', async () => {
		const { path } = scriptBundle('setsid sleep 600 & exit 0', (config) => {
			config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'pid');
		});
		const container = await newRuntime().run(containerId(), path, ignored);
		await container.wait();
		const left = await container.ps();
		await container.delete();
		expect(left.filter(isAlive)).toEqual([]);
	});

	test('of one that is not there: an error, by force none', async () => {
		const runtime = newRuntime();
		expect(await failureOf(runtime.delete('nosuchcontainer'))).toMatchObject({
			code: 'ERR_NOT_FOUND',
			message: 'container does not exist',
		});
		await runtime.delete('nosuchcontainer', { force: true });
	});

	test('twice at the same time', async () => {
		const runtime = newRuntime();
		const container = await runtime.run(containerId(), waiting(), ignored);
		await Promise.all([container.delete({ force: true }), runtime.delete(container.id, { force: true })]);
		expect(recordedContainers()).toEqual([]);
	});
});
