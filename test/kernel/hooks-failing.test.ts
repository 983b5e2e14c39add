import { scriptBundle } from '../harness/bundle.js';
import { failureOf } from '../harness/failure.js';
import { type Hook, type HookKind, HookLog } from '../harness/hooks.js';
import { newRuntime, run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { recordedContainers } from '../harness/state-root.js';

/** A container with two hooks of a kind around the one given, and poststop hooks that tell. */
function bundleWith(log: HookLog, kind: HookKind, hook: Hook) {
	return scriptBundle('echo program; sleep 600', (config) => {
		config.hooks = { [kind]: [log.hook('before'), hook, log.hook('after')], poststop: [log.hook('poststop')] };
		log.share(config);
	});
}

const failing: Hook = { path: '/bin/sh', args: ['sh', '-c', 'echo to stdout; echo to stderr >&2; exit 7'] };

describeWith([root, busybox], 'a hook that fails', () => {
	test.each(['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart'] as const)(
		'%s: an error with what it said; the rest is not run, the container is destroyed, poststop is run',
		async (kind) => {
			const log = new HookLog();
			const box = bundleWith(log, kind, failing);
			const runtime = newRuntime();
			const id = containerId();
			const attempt = async () => {
				await using container = await runtime.create(id, box.path, { stdio: 'ignore' });
				await container.start();
			};
			const error = await failureOf(attempt());
			expect(error).toMatchObject({
				code: 'ERR_HOOK_FAILED',
				pointer: `/hooks/${kind}/1`,
				containerId: id,
				path: '/bin/sh',
			});
			expect(error.message).toContain(`error running ${kind} hook #1: exit status 7`);
			expect(error.message).toMatch(/to stdout\nto stderr|to stderr\nto stdout/);
			expect(log.names()).toEqual(['before', 'poststop']);
			expect(recordedContainers()).toEqual([]);
			expect(await failureOf(runtime.get(id))).toMatchObject({ code: 'ERR_NOT_FOUND' });
		},
	);

	test.each(['createRuntime', 'createContainer', 'startContainer', 'poststart'] as const)(
		'%s: by a signal',
		async (kind) => {
			const log = new HookLog();
			const hook = { path: '/bin/sh', args: ['sh', '-c', 'kill -15 $$'] };
			const error = await failureOf(run(bundleWith(log, kind, hook).path));
			expect(error).toMatchObject({ code: 'ERR_HOOK_FAILED', pointer: `/hooks/${kind}/1` });
			expect(error.message).toContain('killed by SIGTERM');
			expect(log.names()).toEqual(['before', 'poststop']);
		},
	);

	test.each(['createRuntime', 'createContainer', 'startContainer', 'poststart'] as const)(
		'%s: one that cannot be executed',
		async (kind) => {
			const log = new HookLog();
			const error = await failureOf(run(bundleWith(log, kind, { path: '/no/such/hook' }).path));
			expect(error).toMatchObject({
				code: 'ERR_HOOK_FAILED',
				pointer: `/hooks/${kind}/1`,
				errno: 'ENOENT',
				path: '/no/such/hook',
			});
			expect(error.message).toContain(`error running ${kind} hook #1`);
			expect(log.names()).toEqual(['before', 'poststop']);
		},
	);

	test('poststop: a warning, and the others are run', async () => {
		const log = new HookLog();
		const { path } = scriptBundle('true', (config) => {
			config.hooks = { poststop: [log.hook('first'), failing, { path: '/no/such/hook' }, log.hook('last')] };
		});
		const warnings: unknown[] = [];
		const runtime = newRuntime({ onWarning: (warning) => warnings.push(warning) });
		await using container = await runtime.run(containerId(), path, { stdio: 'ignore' });
		await container.wait();
		await container.delete();
		expect(log.names()).toEqual(['first', 'last']);
		expect(warnings).toEqual([
			{
				pointer: '/hooks/poststop/1',
				message: expect.stringContaining('error running poststop hook #1: exit status 7'),
			},
			{ pointer: '/hooks/poststop/2', message: expect.stringContaining('error running poststop hook #2') },
		]);
	});
});

describeWith([root, busybox], 'the timeout of a hook', () => {
	test.each(['createRuntime', 'createContainer', 'startContainer', 'poststart'] as const)(
		'%s: the hook and what it started are killed',
		async (kind) => {
			const log = new HookLog();
			const hook = { path: '/bin/sh', args: ['sh', '-c', 'sleep 600 & sleep 600'], timeout: 1 };
			const start = Date.now();
			const error = await failureOf(run(bundleWith(log, kind, hook).path));
			expect(Date.now() - start).toBeGreaterThanOrEqual(1000);
			expect(Date.now() - start).toBeLessThan(5000);
			expect(error).toMatchObject({ code: 'ERR_HOOK_FAILED', pointer: `/hooks/${kind}/1` });
			expect(error.message).toContain('timeout of 1 s');
			expect(log.names()).toEqual(['before', 'poststop']);
		},
	);

	test('is not reached by a hook that ends in time', async () => {
		const log = new HookLog();
		const hook = { ...log.hook('between'), timeout: 20 };
		const { path } = scriptBundle('true', (config) => {
			config.hooks = { createRuntime: [hook], createContainer: [hook], startContainer: [hook], poststart: [hook] };
			log.share(config);
		});
		expect(await run(path)).toMatchObject({ exit: { code: 0 } });
		expect(log.names()).toHaveLength(4);
	});
});
