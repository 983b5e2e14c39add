import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TsrunError } from '../../lib/index.js';
import { scriptBundle } from '../harness/bundle.js';
import { eventually } from '../harness/eventually.js';
import { failureOf } from '../harness/failure.js';
import { type HookKind, shellHook } from '../harness/hooks.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { recordedContainers } from '../harness/state-root.js';

const ignored = { stdio: 'ignore' } as const;

/** Aborts an attempt once a hook of it runs, which would sleep for ever, and answers with its error. */
async function abortedInHook(kind: HookKind, verb: 'create' | 'run'): Promise<TsrunError> {
	const folder = scratch();
	const { path } = scriptBundle('sleep 600', (config) => {
		config.hooks = { [kind]: [shellHook(`touch ${folder}/reached; sleep 600`)] };
		config.mounts.push({ destination: folder, source: folder, options: ['bind'] });
	});
	const controller = new AbortController();
	const attempt = failureOf(newRuntime()[verb](containerId(), path, { ...ignored, signal: controller.signal }));
	await eventually('the hook runs', () => existsSync(join(folder, 'reached')));
	const start = Date.now();
	controller.abort();
	const error = await attempt;
	expect(Date.now() - start).toBeLessThan(5000);
	return error;
}

describeWith([root, busybox], 'an AbortSignal', () => {
	test('that was aborted before: nothing is done', async () => {
		const { path } = scriptBundle('true');
		for (const verb of ['create', 'run'] as const) {
			const error = await failureOf(
				newRuntime()[verb](containerId(), path, { ...ignored, signal: AbortSignal.abort() }),
			);
			expect(error).toMatchObject({ code: 'ERR_ABORTED' });
			expect(recordedContainers()).toEqual([]);
		}
	});

	test.each([
		['prestart', 'create'],
		['createRuntime', 'create'],
		['createContainer', 'create'],
		['startContainer', 'run'],
		['poststart', 'run'],
	] as const)('while a %s hook runs: %s is taken back', async (kind, verb) => {
		expect(await abortedInHook(kind, verb)).toMatchObject({ code: 'ERR_ABORTED' });
		expect(recordedContainers()).toEqual([]);
	});

	test.each([0, 1, 2, 4, 8, 16, 32, 64])('create, %d ms after the call: made, or taken back', async (milliseconds) => {
		const { path } = scriptBundle('true');
		const attempt = newRuntime().create(containerId(), path, { ...ignored, signal: AbortSignal.timeout(milliseconds) });
		const [result] = await Promise.allSettled([attempt]);
		if (result.status === 'fulfilled') {
			await using container = result.value;
			expect(await container.state()).toMatchObject({ status: 'created' });
		} else {
			expect(result.reason).toBeInstanceOf(TsrunError);
			expect(result.reason).toMatchObject({ code: 'ERR_ABORTED' });
			expect(recordedContainers()).toEqual([]);
		}
	});

	test('with a reason: it is the cause', async () => {
		const reason = new Error('the user has left');
		const { path } = scriptBundle('true');
		const error = await failureOf(
			newRuntime().create(containerId(), path, { ...ignored, signal: AbortSignal.abort(reason) }),
		);
		expect(error).toMatchObject({ code: 'ERR_ABORTED', cause: reason });
		expect(error.message).toContain('the user has left');
	});

	test('of exec: the container is as it was', async () => {
		await using container = await newRuntime().run(containerId(), scriptBundle('sleep 600').path, ignored);
		const error = await failureOf(container.exec(['sleep', '600'], { ...ignored, signal: AbortSignal.abort() }));
		expect(error).toMatchObject({ code: 'ERR_ABORTED' });
		for (const milliseconds of [0, 1, 2, 3, 4, 5, 6, 8, 10, 20]) {
			const attempt = container.exec(['sleep', '600'], { ...ignored, signal: AbortSignal.timeout(milliseconds) });
			const [result] = await Promise.allSettled([attempt]);
			if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'ERR_ABORTED' });
			else result.value.kill(9);
		}
		await eventually('only its own program is left', async () => (await container.ps()).length === 1);
		expect(await container.state()).toMatchObject({ status: 'running' });
		// Nothing of it is left that would keep the container from ending.
		await container.delete({ force: true });
	});

	test('of start', async () => {
		await using container = await newRuntime().create(containerId(), scriptBundle('sleep 600').path, ignored);
		expect(await failureOf(container.start({ signal: AbortSignal.abort() }))).toMatchObject({ code: 'ERR_ABORTED' });
		await container.start();
		expect(await container.state()).toMatchObject({ status: 'running' });
	});

	test('of wait', async () => {
		await using container = await newRuntime().run(containerId(), scriptBundle('sleep 600').path, ignored);
		expect(await failureOf(container.wait({ signal: AbortSignal.timeout(20) }))).toMatchObject({ code: 'ERR_ABORTED' });
		await container.kill(9);
		expect(await container.wait()).toEqual({ code: null, signal: 9 });
	});
});
