import { constants } from 'node:os';
import { scriptBundle } from '../harness/bundle.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

const { SIGHUP, SIGINT, SIGQUIT, SIGTERM } = constants.signals;
const created = () => newRuntime().create(containerId(), scriptBundle('sleep 600').path, { stdio: 'ignore' });

describeWith([root, busybox], 'init of a container that is created and not started', () => {
	test.each([SIGHUP, SIGINT, SIGQUIT, SIGTERM])('ends when it is asked to, by signal %i', async (signal) => {
		await using container = await created();
		await container.kill(signal);
		expect(await container.wait()).toEqual({ code: 128 + signal, signal: null });
		expect(await container.state()).toMatchObject({ status: 'stopped' });
	});

	test('leaves those signals to the program: one without handlers does not hear them as init of its pid namespace', async () => {
		await using container = await created();
		await container.start();
		await container.kill(SIGTERM);
		expect(await container.state()).toMatchObject({ status: 'running' });
	});
});
