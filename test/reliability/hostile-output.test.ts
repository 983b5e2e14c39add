import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { scriptBundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, token } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const mebibyte = 1024 * 1024;
const flood = 'exec yes "$(head -c 1000 /dev/zero | tr "\\0" x)"';
const floodBundle = (terminal: boolean) =>
	scriptBundle(flood, (config) => {
		config.process.terminal = terminal;
	}).path;

/** Reads so much of a stream, slower than it is written by far, and tells how much more memory we had at most. */
async function readSlowly(stream: Readable, bytes: number): Promise<number> {
	const before = process.memoryUsage().rss;
	let [most, read] = [before, 0];
	for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
		read += (chunk as Buffer).length;
		most = Math.max(most, process.memoryUsage().rss);
		if (read >= bytes) break;
		// A turn for each kind of event: what could be read meanwhile would be.
		await new Promise((done) => setTimeout(done, 5));
	}
	expect(read).toBeGreaterThanOrEqual(bytes);
	return (most - before) / mebibyte;
}

const residentKibibytes = (pid: number) =>
	Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

describeWith([root, busybox], 'a container that prints without end', () => {
	test.each([
		['pipes', false],
		['a terminal', true],
	])('%s of the library: a reader that is slow is not run over', async (_title, terminal) => {
		await using container = await newRuntime().run(containerId(), floodBundle(terminal), { stdio: 'pipe' });
		const output = terminal ? container.terminal?.output : container.stdout;
		if (!output) throw new Error('there is nothing to read');
		expect(await readSlowly(output, 2 * mebibyte)).toBeLessThan(48);
		await container.kill('SIGKILL');
		output.destroy();
		expect(await container.wait()).toEqual({ code: null, signal: 9 });
	});

	test.each([
		['with a pipe', false],
		['with a terminal', true],
	])('in the foreground %s: nobody reads, and it ends all the same', async (_title, terminal) => {
		const id = containerId();
		const [command, ...first] = program;
		const words = [...first, '--root', stateRoot(), 'run', '--bundle', floodBundle(terminal), id];
		// A terminal of the container is relayed to whatever the caller has.
		const child = spawn(command, words, {
			stdio: ['ignore', 'pipe', 'inherit'],
			env: { PATH: process.env['PATH'], TSRUN_TEST: token },
			timeout: 20_000,
			killSignal: 'SIGKILL',
		});
		const ended = once(child, 'exit');
		await once(child.stdout, 'readable');
		const pid = child.pid ?? 0;
		const before = residentKibibytes(pid);
		// A pipe holds 64 KiB: as much is read as would show growth, and then no more.
		await readSlowly(child.stdout, mebibyte);
		expect(residentKibibytes(pid) - before).toBeLessThan(32 * 1024);
		expect(await tsrun(['kill', id, 'KILL'])).toMatchObject({ status: 0, stderr: '' });
		child.stdout.resume();
		const [status, signal] = await ended;
		expect({ status, signal }).toEqual({ status: 137, signal: null });
		expect(await tsrun(['state', id])).toMatchObject({ status: 1 });
	});
});
