import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { scriptBundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { eventually } from '../harness/eventually.js';
import { shellHook } from '../harness/hooks.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch, token } from '../harness/scratch.js';
import { recordedContainers, stateRoot } from '../harness/state-root.js';

/** What has to be true of an id whose `create` was killed at whatever moment. */
async function expectRecovery(id: string, path: string): Promise<void> {
	const state = await tsrun(['state', id]);
	if (state.status === 0) expect(JSON.parse(state.stdout).status).toMatch(/^(creating|created|stopped)$/);
	else expect(state.stderr).toContain('container does not exist');
	expect((await tsrun(['list'])).status).toBe(0);
	expect(await tsrun(['delete', '--force', id])).toMatchObject({ status: 0, stdout: '', stderr: '' });
	expect(recordedContainers()).toEqual([]);

	await using again = await newRuntime().run(id, path, { stdio: 'ignore' });
	expect(await again.wait()).toEqual({ code: 0, signal: null });
}

function start(id: string, path: string, verb = 'create') {
	const [command, ...first] = program;
	return spawn(command, [...first, '--root', stateRoot(), verb, '--bundle', path, id], {
		stdio: 'ignore',
		env: { PATH: process.env['PATH'], TSRUN_TEST: token },
	});
}

describeWith([root, busybox], 'tsrun is killed while it creates a container', () => {
	test.each(['prestart', 'createRuntime'])('by a %s hook, with init at a barrier', async (kind) => {
		const id = containerId();
		const deadly = scriptBundle('true', (config: Config) => {
			config.hooks = { [kind]: [shellHook('kill -9 $PPID; sleep 0.2')] };
		});
		const child = start(id, deadly.path);
		expect((await once(child, 'exit'))[1]).toBe('SIGKILL');
		await expectRecovery(id, scriptBundle('true').path);
	});

	test('while a createContainer hook runs inside', async () => {
		const id = containerId();
		const running = join(scratch(), 'running');
		const slow = scriptBundle('true', (config) => {
			config.hooks = { createContainer: [shellHook(`: >${running}; exec sleep 600`)] };
		});
		const child = start(id, slow.path);
		await eventually('the hook runs', () => existsSync(running));
		child.kill('SIGKILL');
		await once(child, 'exit');
		await expectRecovery(id, scriptBundle('true').path);
	});

	test.each(Array.from({ length: 25 }, (_, index) => index * 2))('%d ms after it was started', async (milliseconds) => {
		const id = containerId();
		const { path } = scriptBundle('true');
		const child = start(id, path);
		await once(child, 'spawn');
		await delay(milliseconds);
		child.kill('SIGKILL');
		if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
		await expectRecovery(id, path);
	});
});

describeWith([root, busybox], 'tsrun is killed while it runs a container', () => {
	test('the container goes on, and is somebody else’s to delete', async () => {
		const id = containerId();
		const child = start(id, scriptBundle('sleep 600').path, 'run');
		const runtime = newRuntime();
		const isRunning = async () => (await runtime.list()).containers.some(({ status }) => status === 'running');
		await eventually('it runs', isRunning);
		child.kill('SIGKILL');
		await once(child, 'exit');
		expect(await (await runtime.get(id)).state()).toMatchObject({ status: 'running' });
		expect(await tsrun(['delete', '--force', id])).toMatchObject({ status: 0, stderr: '' });
	});
});
