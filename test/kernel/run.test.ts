import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { failureOf } from '../harness/failure.js';
import { HookLog } from '../harness/hooks.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { recordedContainers } from '../harness/state-root.js';

const ignored = { stdio: 'ignore' } as const;

describeWith([root, busybox], 'run, whose init waits for no start', () => {
	test('its container runs, and cannot be started once more', async () => {
		const runtime = newRuntime();
		await using container = await runtime.run(containerId(), scriptBundle('sleep 600').path, ignored);
		expect(await container.state()).toMatchObject({ status: 'running', pid: container.pid });
		expect(await failureOf(container.start())).toMatchObject({ code: 'ERR_WRONG_STATUS' });
		const beside = await container.exec(['true'], ignored);
		expect(await beside.wait()).toMatchObject({ code: 0 });
	});

	test('a program that the kernel does not execute: told with its place and a hint, nothing is left, poststop is run', async () => {
		const log = new HookLog();
		const box = scriptBundle('true', (config) => {
			config.process.args = ['/broken'];
			config.hooks = { poststop: [log.hook('poststop')] };
			log.share(config);
		});
		writeFileSync(join(box.rootfs, 'broken'), '#!/no/such/interpreter\n');
		chmodSync(join(box.rootfs, 'broken'), 0o755);
		const runtime = newRuntime();
		const id = containerId();
		const error = await failureOf(runtime.run(id, box.path, ignored));
		expect(error).toMatchObject({ code: 'ERR_EXECUTABLE', containerId: id, pointer: '/process/args' });
		expect(error.where?.file).toBe(join(box.path, 'config.json'));
		expect(error.hint).toContain('/no/such/interpreter');
		expect(log.names()).toEqual(['poststop']);
		expect(recordedContainers()).toEqual([]);
		expect(await failureOf(runtime.get(id))).toMatchObject({ code: 'ERR_NOT_FOUND' });
	});

	test('hooks of the start are run as with create and start', async () => {
		const log = new HookLog();
		const box = scriptBundle('true', (config) => {
			config.hooks = { startContainer: [log.hook('startContainer')], poststart: [log.hook('poststart')] };
			log.share(config);
		});
		await using container = await newRuntime().run(containerId(), box.path, ignored);
		await container.wait();
		expect(log.names()).toEqual(['startContainer', 'poststart']);
	});
});
