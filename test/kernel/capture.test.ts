import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { defineSpec, merge } from '../../lib/define/index.js';
import { type OwnedContainer, Runtime } from '../../lib/index.js';
import { eventually } from '../harness/eventually.js';
import { failureOf } from '../harness/failure.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { makeRootfs } from '../harness/rootfs.js';
import { containerId, scratch } from '../harness/scratch.js';
import { recordedContainers, stateRoot } from '../harness/state-root.js';

let rootfs: string;
const runtime = new Runtime({ root: stateRoot() });
const sh = (script: string) => ['sh', '-c', script];

describeWith([root, busybox], 'what a program prints', () => {
	beforeAll(() => {
		rootfs = join(scratch(), 'rootfs');
		makeRootfs(rootfs);
	});

	const spec = (script: string) => defineSpec({ rootfs, args: sh(script) });
	const idle = (): Promise<OwnedContainer> =>
		runtime.run(containerId(), defineSpec({ rootfs, args: ['sleep', '1000'] }), { stdio: 'ignore' });

	test('is one line: exit code, stdout and stderr apart', async () => {
		await using box = await idle();
		expect(await box.capture(sh('echo out; echo err >&2; exit 3'))).toEqual({
			code: 3,
			signal: null,
			stdout: 'out\n',
			stderr: 'err\n',
			truncated: false,
			timedOut: false,
		});
	});

	test('standard input ends where it is said to, read or not', async () => {
		await using box = await idle();
		expect(await box.capture(['wc', '-c'], { input: 'x'.repeat(200_000) })).toMatchObject({ stdout: '200000\n' });
		expect(await box.capture(['cat'])).toMatchObject({ stdout: '', code: 0 });
		expect(await box.capture(['true'], { input: 'x'.repeat(200_000) })).toMatchObject({ code: 0 });
		expect(await box.capture(['cat'], { input: Buffer.from('bytes') })).toMatchObject({ stdout: 'bytes' });
	});

	test('of more than a pipe holds, on both streams', async () => {
		const script = 'yes out | head -c 300000; yes err | head -c 300000 >&2';
		const { stdout, stderr } = await runtime.capture(containerId(), spec(script));
		expect([stdout.length, stderr.length]).toEqual([300_000, 300_000]);
	});

	test('is kept up to a limit, and read to its end', async () => {
		const script = 'yes out | head -c 300000; echo end >&2';
		const captured = await runtime.capture(containerId(), spec(script), { maxBytes: 7 });
		expect(captured).toMatchObject({ code: 0, stdout: 'out\nout', stderr: 'end\n', truncated: true });
	});

	test('is there after the container has ended, and after it is gone', async () => {
		const box = await runtime.run(containerId(), spec('echo last words; exit 4'), { stdio: 'pipe' });
		await box.wait();
		await box.delete();
		expect(await box.output()).toMatchObject({ code: 4, stdout: 'last words\n' });
		expect(await box.output()).toMatchObject({ code: 4, stdout: 'last words\n' });
	});

	test('comes line by line while it runs', async () => {
		await using box = await idle();
		await using child = await box.exec(sh('echo one; read answer; printf "%s\\ntail" "$answer"'), { stdio: 'pipe' });
		const lines: string[] = [];
		for await (const line of child.lines()) {
			if (lines.push(line) === 1) child.stdin?.end('two\n');
		}
		expect(lines).toEqual(['one', 'two', 'tail']);
		expect(await child.exit).toEqual({ code: 0, signal: null });
		const ignored = await box.exec(['true'], { stdio: 'ignore' });
		expect(await failureOf(ignored.lines().next())).toMatchObject({ code: 'ERR_ARGUMENT' });
	});

	test('of a terminal has its width, and changes with it', async () => {
		await using box = await idle();
		await using child = await box.exec(sh('read _; stty size; exit 5'), { tty: true, stdio: 'pipe' });
		child.resize(33, 101);
		child.terminal?.input.write('\n');
		expect(await child.output()).toMatchObject({ code: 5, stdout: expect.stringContaining('33 101') });
	});

	test('one exec is killed by name, and the container lives on', async () => {
		await using box = await idle();
		const child = await box.exec(['sleep', '1000'], { stdio: 'ignore' });
		child.kill();
		expect(await child.exit).toEqual({ code: null, signal: 15 });
		expect(await failureOf(Promise.resolve().then(() => child.kill('KILL')))).toMatchObject({
			code: 'ERR_WRONG_STATUS',
		});
		const other = await box.exec(['sleep', '1000'], { stdio: 'ignore' });
		expect(await failureOf(Promise.resolve().then(() => other.kill('SIGNOTHING')))).toMatchObject({
			code: 'ERR_SIGNAL',
		});
		other.kill('KILL');
		expect(await other.exit).toEqual({ code: null, signal: 9 });
		expect((await box.state()).status).toBe('running');
		await box.kill('SIGKILL');
		expect(await box.wait()).toEqual({ code: null, signal: 9 });
	});

	test('a program that is out of time is killed with all that descend from it', async () => {
		await using box = await idle();
		const script = 'sleep 1000 & (sleep 1000 & sleep 1000) & echo started; sleep 1000';
		const captured = await box.capture(sh(script), { timeoutMs: 300 });
		expect(captured).toMatchObject({ timedOut: true, code: null, signal: 9, stdout: 'started\n' });
		await eventually('its processes are gone', async () => (await box.ps()).length === 1);
	});

	test('more time than a timer can wait is no lack of it', async () => {
		await using box = await idle();
		for (const timeoutMs of [2 ** 31, Number.POSITIVE_INFINITY]) {
			expect(await box.capture(sh('sleep 0.2; echo done'), { timeoutMs })).toMatchObject({ timedOut: false, code: 0 });
		}
		for (const timeoutMs of [-1, Number.NaN]) {
			expect(await failureOf(box.capture(['true'], { timeoutMs }))).toMatchObject({ code: 'ERR_ARGUMENT' });
		}
	});

	test('so is one whose signal is aborted, and one whose handle goes out of scope', async () => {
		await using box = await idle();
		const controller = new AbortController();
		const capturing = box.capture(sh('sleep 1000 & sleep 1000'), { signal: controller.signal });
		await eventually('both run', async () => (await box.ps()).length > 2);
		controller.abort();
		expect(await failureOf(capturing)).toMatchObject({ code: 'ERR_ABORTED' });
		await eventually('its processes are gone', async () => (await box.ps()).length === 1);
		{
			await using _child = await box.exec(sh('sleep 1000 & sleep 1000'), { stdio: 'ignore' });
		}
		await eventually('its processes are gone', async () => (await box.ps()).length === 1);
	});

	test('one that has left a process with its pipe behind is waited for no longer than its time', async () => {
		await using box = await idle();
		const captured = await box.capture(sh('(sleep 1000 &) ; echo done'), { timeoutMs: 300 });
		expect(captured).toMatchObject({ timedOut: true, code: 0, stdout: 'done\n' });
	});

	test('a container that is out of time leaves nothing', async () => {
		const script = 'echo started; (sleep 1000 &); sleep 1000';
		const captured = await runtime.capture(containerId(), spec(script), { timeoutMs: 300 });
		expect(captured).toMatchObject({ timedOut: true, signal: 9, stdout: 'started\n' });
		expect(recordedContainers()).toEqual([]);
		const aborted = runtime.capture(containerId(), spec(script), { signal: AbortSignal.timeout(300) });
		expect(await failureOf(aborted)).toMatchObject({ code: 'ERR_ABORTED' });
		expect(recordedContainers()).toEqual([]);
	});

	test('a container that cannot be started leaves nothing', async () => {
		const missing = merge({ process: { args: ['/no/such/program'] } })(spec('true'));
		expect(await failureOf(runtime.capture(containerId(), missing))).toMatchObject({ code: 'ERR_EXECUTABLE' });
		expect(recordedContainers()).toEqual([]);
	});

	test('the streams are streams', async () => {
		const box = await runtime.run(containerId(), spec('cat; echo err >&2'), { stdio: 'pipe' });
		box.stdin?.end('through\n');
		if (box.stdout === null || box.stderr === null) throw new Error('there is no pipe');
		expect(await Promise.all([text(box.stdout), text(box.stderr)])).toEqual(['through\n', 'err\n']);
		await box.delete({ force: true });
	});
});
