import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import { Runtime } from '../../lib/index.js';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { recordedContainers, stateRoot } from '../harness/state-root.js';

describeWith([root, busybox], 'the whole life of a container', () => {
	test('/bin/true is created, started, waited for and deleted', async () => {
		const runtime = new Runtime({ root: stateRoot() });
		const id = containerId();
		await using container = await runtime.create(id, bundle().path, { stdio: 'ignore' });
		expect(await container.state()).toMatchObject({ id, status: 'created', pid: container.pid });
		await container.start();
		expect(await container.wait()).toEqual({ code: 0, signal: null });
		expect(await container.state()).toMatchObject({ status: 'stopped', pid: 0 });
		await container.delete();
		expect(recordedContainers()).toEqual([]);
	});

	test('its program reads and writes our pipes, and another one is run beside it', async () => {
		const runtime = new Runtime({ root: stateRoot() });
		const { path } = scriptBundle('read -r line; echo "pid $$ read $line"; exit 3');
		await using container = await runtime.create(containerId(), path, { stdio: 'pipe' });
		await container.start();

		const other = await container.exec(['sh', '-c', 'echo beside; exit 4'], { stdio: 'pipe' });
		if (other.stdout === null || container.stdout === null) throw new Error('there is no pipe');
		expect(await text(other.stdout)).toBe('beside\n');
		expect(await other.wait()).toEqual({ code: 4, signal: null });

		container.stdin?.end('a line\n');
		expect(await text(container.stdout)).toBe('pid 1 read a line\n');
		expect(await container.wait()).toEqual({ code: 3, signal: null });
	});

	test('one that would run for ever is killed and removed where its variable goes out of scope', async () => {
		const runtime = new Runtime({ root: stateRoot() });
		{
			await using container = await runtime.create(containerId(), scriptBundle('sleep 1000').path, { stdio: 'ignore' });
			await container.start();
			await container.kill(constants.signals.SIGUSR1);
			expect(await container.state()).toMatchObject({ status: 'running' });
		}
		expect(recordedContainers()).toEqual([]);
	});
});
