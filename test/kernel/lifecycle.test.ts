import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { eventually } from '../harness/eventually.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { isAlive } from '../harness/is-alive.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const { SIGKILL } = constants.signals;
const ignored = { stdio: 'ignore' } as const;
const waiting = () => scriptBundle('sleep 600').path;

describeWith([root, busybox], 'the status of a container', () => {
	test('created, running, stopped; then it is not known any more', async () => {
		const runtime = newRuntime();
		const id = containerId();
		const box = scriptBundle('sleep 600', (config) => {
			config.annotations = { key: 'value' };
		});
		await using container = await runtime.create(id, box.path, ignored);
		const status = async () => (await (await runtime.get(id)).state()).status;
		expect(await container.state()).toEqual({
			ociVersion: expect.stringMatching(/^1\.\d+\.\d+/),
			id,
			pid: container.pid,
			status: 'created',
			bundle: box.path,
			rootfs: box.rootfs,
			created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/),
			annotations: { key: 'value' },
			owner: '',
		});
		await container.start();
		expect(await status()).toBe('running');
		await container.kill(SIGKILL);
		expect(await container.wait()).toEqual({ code: null, signal: SIGKILL });
		expect(await container.state()).toMatchObject({ status: 'stopped', pid: 0 });
		await container.delete();
		expect((await failureOf(status())).message).toBe('container does not exist');
	});

	test('config.json is not looked at again after create', async () => {
		const box = scriptBundle('echo original', (config) => {
			config.annotations = { key: 'original' };
		});
		await using container = await newRuntime().create(containerId(), box.path, { stdio: 'pipe' });
		writeFileSync(join(box.path, 'config.json'), 'not even JSON');
		await container.start();
		if (container.stdout === null) throw new Error('there is no pipe');
		expect(await text(container.stdout)).toBe('original\n');
		expect(await container.state()).toMatchObject({ annotations: { key: 'original' } });
		const beside = await container.exec(['true'], ignored).catch((error) => error.code);
		// Its init may have ended before exec came.
		if (beside !== 'ERR_WRONG_STATUS') await beside.wait();
	});

	test('a program that has ended by itself', async () => {
		await using container = await newRuntime().run(containerId(), scriptBundle('exit 5').path, ignored);
		expect(await container.wait()).toEqual({ code: 5, signal: null });
		expect(await container.state()).toMatchObject({ status: 'stopped' });
	});

	test('one that was killed before its start', async () => {
		await using container = await newRuntime().create(containerId(), waiting(), ignored);
		await container.kill(SIGKILL);
		await container.wait();
		expect(await container.state()).toMatchObject({ status: 'stopped' });
		expect(await failureOf(container.start())).toMatchObject({
			code: 'ERR_WRONG_STATUS',
			message: 'cannot start a container that has stopped',
		});
	});

	test('start works once', async () => {
		await using container = await newRuntime().run(containerId(), waiting(), ignored);
		expect(await failureOf(container.start())).toMatchObject({
			code: 'ERR_WRONG_STATUS',
			message: 'cannot start an already running container',
		});
		expect(await container.state()).toMatchObject({ status: 'running' });
	});

	test('two starts at the same time: one of them works', async () => {
		await using container = await newRuntime().create(containerId(), waiting(), ignored);
		const results = await Promise.allSettled([container.start(), container.start()]);
		expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(await container.state()).toMatchObject({ status: 'running' });
	});

	test('the pid file holds the pid and nothing else', async () => {
		const pidFile = join(scratch(), 'pid');
		await using container = await newRuntime().create(containerId(), waiting(), { ...ignored, pidFile });
		expect(readFileSync(pidFile, 'utf8')).toBe(String(container.pid));
	});

	test('another tsrun waits for its end without being its parent', async () => {
		const runtime = newRuntime();
		await using container = await runtime.run(containerId(), waiting(), ignored);
		const seen = await runtime.get(container.id);
		const end = seen.wait();
		await container.kill(SIGKILL);
		expect(await end).toEqual({ code: null, signal: null });
	});

	test('a container without process can be created, not started, and deleted', async () => {
		const box = bundle((config) => void delete (config as { process?: unknown }).process);
		await using container = await newRuntime().create(containerId(), box.path, ignored);
		expect(await container.state()).toMatchObject({ status: 'created' });
		expect(await failureOf(container.start())).toMatchObject({ code: 'ERR_CONFIG_INVALID', pointer: '/process' });
		expect(await container.state()).toMatchObject({ status: 'created' });
	});
});

describeWith([root, busybox], 'an id', () => {
	test('that exists already is refused, and the container is left alone', async () => {
		const runtime = newRuntime();
		await using container = await runtime.run(containerId(), waiting(), ignored);
		expect(await failureOf(runtime.create(container.id, waiting(), ignored))).toMatchObject({
			code: 'ERR_ID_EXISTS',
			containerId: container.id,
			message: 'container with given ID already exists',
		});
		expect(await container.state()).toMatchObject({ status: 'running' });
	});

	test('wanted by several at once is had by one', async () => {
		const runtime = newRuntime();
		const id = containerId();
		const path = waiting();
		const results = await Promise.allSettled([1, 2, 3, 4].map(() => runtime.create(id, path, ignored)));
		const made = results.filter((result) => result.status === 'fulfilled');
		expect(made).toHaveLength(1);
		for (const result of results) {
			if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'ERR_ID_EXISTS' });
		}
		await using container = made[0]?.value;
		await container?.start();
		expect(await container?.state()).toMatchObject({ status: 'running' });
	});

	test('can be used again after delete', async () => {
		const runtime = newRuntime();
		const id = containerId();
		for (let round = 0; round < 3; round++) {
			await using container = await runtime.run(id, scriptBundle('true').path, ignored);
			await container.wait();
			await container.delete();
		}
	});
});

describeWith([root, busybox], 'a pid that was given to another process', () => {
	test('is not taken for the container: it is stopped, and nobody is signalled', async () => {
		const runtime = newRuntime();
		const bystander = spawn('sleep', ['600']);
		try {
			await once(bystander, 'spawn');
			// Start times are hundredths of a second: two processes made at once may have the same.
			const made = performance.now();
			await eventually('the clock ticks', () => performance.now() - made > 20);
			const container = await runtime.run(containerId(), waiting(), ignored);
			const path = join(stateRoot(), container.id, 'state.json');
			const record = JSON.parse(readFileSync(path, 'utf8'));
			await container.kill(SIGKILL);
			await container.wait();
			writeFileSync(path, JSON.stringify({ ...record, pid: bystander.pid }));

			const seen = await runtime.get(container.id);
			expect(await seen.state()).toMatchObject({ status: 'stopped', pid: 0 });
			expect(await failureOf(seen.kill(SIGKILL))).toMatchObject({ message: 'container not running' });
			expect(await failureOf(seen.exec(['true'], ignored))).toMatchObject({ code: 'ERR_WRONG_STATUS' });
			await seen.delete({ force: true });
			expect(bystander.exitCode === null && bystander.signalCode === null).toBe(true);
			expect(isAlive(bystander.pid ?? 0)).toBe(true);
		} finally {
			const ended = once(bystander, 'exit');
			bystander.kill('SIGKILL');
			await ended;
		}
	});
});
