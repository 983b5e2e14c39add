import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { criu } from '../harness/criu.js';
import { eventually } from '../harness/eventually.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const quiet = { stdio: 'ignore' } as const;

/** What CRIU sends of each process: its pid, and a descriptor. */
const pidBytes = 4;

/** A `criu lazy-pages` that goes away as soon as it has been told of so many processes. */
async function unfaithfulServer(images: string, processes: number): Promise<Disposable> {
	let missing = processes * pidBytes;
	const server = createServer((socket) => {
		socket.on('error', () => {});
		socket.on('data', ({ length }) => {
			missing -= length;
			if (missing <= 0) socket.destroy();
		});
	});
	await new Promise<void>((resolve) => server.listen(join(images, 'lazy-pages.socket'), resolve));
	return { [Symbol.dispose]: () => server.close() };
}

describeWith([root, busybox, criu], 'memory that is fetched when it is touched', () => {
	// CRIU 4.2 kills what it has restored, and then waits for init, which waits for its child, which CRIU itself still traces.
	test('when nobody serves it, a restore can be given up, and nothing is left', async () => {
		const runtime = newRuntime();
		const { path, rootfs } = scriptBundle('echo up >/up; sleep 1000 & wait', (config) => {
			config.root.readonly = false;
		});
		const images = scratch('images');
		const first = await runtime.run(containerId(), path, quiet);
		await eventually('the program runs', () => existsSync(join(rootfs, 'up')));
		await first.checkpoint(images);

		using _server = await unfaithfulServer(images, 2);
		const id = containerId();
		const controller = new AbortController();
		const options = { ...quiet, lazyPages: true, signal: controller.signal };
		const restoring = failureOf(runtime.restore(id, path, images, options));
		const log = join(images, 'restore.log');
		await eventually('CRIU has failed', () => existsSync(log) && /Error .*uffd/.test(readFileSync(log, 'utf8')));
		controller.abort();
		const failure = await restoring;
		expect(['ERR_ABORTED', 'ERR_CRIU']).toContain(failure.code);
		expect(failure.also).toEqual([]);
		expect(existsSync(join(stateRoot(), id))).toBe(false);
	});
});
