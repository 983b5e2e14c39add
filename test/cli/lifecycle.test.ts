import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

/** What `state` says, decoded. */
async function stateOf(id: string): Promise<Record<string, unknown>> {
	const { status, stdout, stderr } = await tsrun(['state', id]);
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	return JSON.parse(stdout);
}

const ok = { status: 0, stdout: '', stderr: '' };

describeWith([root, busybox], 'a whole life, verb by verb', () => {
	const waiting = () => scriptBundle('trap "exit 3" TERM; echo ready; while :; do sleep 0.05; done');
	let id: string;
	beforeEach(() => {
		id = containerId();
	});
	afterEach(async () => {
		await tsrun(['delete', '--force', id]);
	});

	test('with --debug the log tells of each step, by whose hand; without it, of none', async () => {
		const { path } = scriptBundle('true', (config) => {
			config.linux['seccomp'] = {
				defaultAction: 'SCMP_ACT_ALLOW',
				syscalls: [{ names: ['acct'], action: 'SCMP_ACT_ERRNO' }],
			};
		});
		const log = join(scratch(), 'log');
		const run = ['run', '--bundle', path, id];
		expect(await tsrun(['--log', log, ...run])).toMatchObject(ok);
		expect(readFileSync(log, 'utf8')).toBe('');
		expect(await tsrun(['--debug', '--log', log, ...run])).toMatchObject(ok);
		const lines = readFileSync(log, 'utf8').trim().split('\n');
		expect(lines.filter((line) => !line.includes('level=debug'))).toEqual([]);
		const messages = lines.map((line) => JSON.parse(line.slice(line.indexOf('msg=') + 4)));
		expect(messages[0]).toBe('seccomp filter flags: 4');
		expect(messages).toContainEqual(expect.stringMatching(/^host: start init in new /));
		expect(messages).toContainEqual(expect.stringMatching(/^init: mount proc at \/proc$/));
		expect(messages).toContain('host: let init go on from the barrier "complete"');
		expect(messages.at(-1)).toMatch(/^init: exec sh /);
	});

	test('create, start, kill, delete', async () => {
		const { path, rootfs } = waiting();
		const pidFile = join(scratch(), 'pid');
		const created = await tsrun(['create', '--bundle', path, '--pid-file', pidFile, id]);
		expect(created).toMatchObject(ok);

		const state = await stateOf(id);
		expect(state).toMatchObject({ ociVersion: '1.3.0', id, status: 'created', bundle: path, rootfs });
		// go-runc hands the bytes to Atoi, which takes no newline.
		expect(readFileSync(pidFile, 'utf8')).toBe(String(state['pid']));
		expect(Date.parse(String(state['created']))).not.toBeNaN();

		expect(await tsrun(['start', id])).toMatchObject(ok);
		expect(await stateOf(id)).toMatchObject({ status: 'running', pid: state['pid'] });
		expect(JSON.parse((await tsrun(['ps', '--format', 'json', id])).stdout)).toContain(state['pid']);
		expect((await tsrun(['ps', id])).stdout).toMatch(new RegExp(`^UID.*PID.*\\n.*\\b${state['pid']}\\b`));

		const listed = await tsrun(['list', '-f', 'json']);
		expect(JSON.parse(listed.stdout)).toEqual([expect.objectContaining({ id, status: 'running', owner: 'root' })]);
		expect((await tsrun(['list', '-q'])).stdout).toBe(`${id}\n`);

		expect(await tsrun(['delete', id])).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(`^cannot delete container ${id} that is not stopped: running`),
		});
		expect(await tsrun(['kill', id, 'KILL'])).toMatchObject(ok);
		await stopped();
		expect(await stateOf(id)).toMatchObject({ status: 'stopped', pid: 0 });
		expect(await tsrun(['kill', id, '9'])).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^container not running/),
		});
		expect(await tsrun(['kill', '--all', id, '9'])).toMatchObject(ok);
		expect(await tsrun(['delete', id])).toMatchObject(ok);
		expect(await tsrun(['state', id])).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^container does not exist/),
		});
	});

	/** Waits until the container has stopped: its process ends after kill(2) has returned. */
	async function stopped(): Promise<void> {
		const deadline = Date.now() + 10_000;
		while ((await stateOf(id))['status'] !== 'stopped')
			if (Date.now() > deadline) throw new Error(`${id} does not stop`);
	}

	test('an id is used once, and a created container can be deleted', async () => {
		const { path } = waiting();
		expect(await tsrun(['create', '-b', path, id])).toMatchObject(ok);
		expect(await tsrun(['create', '-b', path, id])).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^tsrun create failed: container with given ID already exists/),
		});
		expect(await stateOf(id)).toMatchObject({ status: 'created' });
		expect(await tsrun(['delete', id])).toMatchObject(ok);
	});

	test('start works once', async () => {
		expect(await tsrun(['run', '--detach', '--bundle', waiting().path, id])).toMatchObject({ status: 0, stderr: '' });
		expect(await tsrun(['start', id])).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^cannot start an already running container/),
		});
	});

	test('run --detach returns while the container runs, delete --force ends it', async () => {
		const pidFile = join(scratch(), 'pid');
		expect(await tsrun(['run', '-d', '-b', waiting().path, '--pid-file', pidFile, id])).toMatchObject({
			status: 0,
			stderr: '',
		});
		const pid = readFileSync(pidFile, 'utf8');
		expect(existsSync(`/proc/${pid}`)).toBe(true);
		expect(await stateOf(id)).toMatchObject({ status: 'running', pid: Number(pid) });
		expect(await tsrun(['delete', '--force', id])).toMatchObject(ok);
		expect((await tsrun(['state', id])).status).toBe(1);
	});

	test('run --keep leaves the container', async () => {
		expect((await tsrun(['run', '--keep', '-b', scriptBundle('exit 4').path, id])).status).toBe(4);
		expect(await stateOf(id)).toMatchObject({ status: 'stopped', pid: 0 });
		expect(await tsrun(['delete', id])).toMatchObject(ok);
	});

	test('plan changes nothing and shows who asked', async () => {
		const { path } = waiting();
		const { status, stdout, stderr } = await tsrun(['plan', path]);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(stdout).toMatch(/\/mounts\/0\b/);
		expect(JSON.parse((await tsrun(['plan', '--format', 'json', path])).stdout)).toBeInstanceOf(Object);
		expect((await tsrun(['list', '-q'])).stdout).toBe('');
	});
});
