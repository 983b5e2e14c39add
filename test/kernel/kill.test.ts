import { constants } from 'node:os';
import { scriptBundle } from '../harness/bundle.js';
import { eventually } from '../harness/eventually.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { isAlive } from '../harness/is-alive.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

const { SIGKILL, SIGTERM, SIGUSR1 } = constants.signals;
const ignored = { stdio: 'ignore' } as const;
const waiting = () => scriptBundle('sleep 600').path;

describeWith([root, busybox], 'kill', () => {
	test('sends the signal to the program', async () => {
		const { path } = scriptBundle('trap "exit 21" USR1; echo ready; while :; do sleep 0.05; done');
		await using container = await newRuntime().run(containerId(), path, { stdio: 'pipe' });
		if (container.stdout === null) throw new Error('there is no pipe');
		for await (const chunk of container.stdout) if (String(chunk) === 'ready\n') break;
		await container.kill(0);
		await container.kill(SIGUSR1);
		expect(await container.wait()).toEqual({ code: 21, signal: null });
	});

	test('to a created container', async () => {
		await using container = await newRuntime().create(containerId(), waiting(), ignored);
		await container.kill(SIGKILL);
		expect(await container.wait()).toEqual({ code: null, signal: SIGKILL });
	});

	test('to one that has stopped is refused, with `all` it is nothing', async () => {
		await using container = await newRuntime().run(containerId(), scriptBundle('true').path, ignored);
		await container.wait();
		for (const signal of [SIGTERM, SIGKILL]) {
			expect(await failureOf(container.kill(signal))).toMatchObject({
				code: 'ERR_WRONG_STATUS',
				message: 'container not running',
			});
			await container.kill(signal, { all: true });
		}
	});

	test.each([-1, 65, 1.5, Number.NaN])('%d is no signal', async (signal) => {
		await using container = await newRuntime().create(containerId(), waiting(), ignored);
		expect(await failureOf(container.kill(signal))).toMatchObject({ code: 'ERR_SIGNAL' });
	});

	test('SIGKILL without a pid namespace ends every process of the container', async () => {
		const { path } = scriptBundle('for i in 1 2 3; do setsid sleep 600 & done; sleep 600', (config) => {
			config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'pid');
		});
		await using container = await newRuntime().run(containerId(), path, ignored);
		await eventually('all of them run', async () => (await container.ps()).length === 4);
		const pids = await container.ps();
		await container.kill(SIGKILL);
		await container.wait();
		expect(pids.filter(isAlive)).toEqual([]);
		expect(await container.ps()).toEqual([]);
	});
});
