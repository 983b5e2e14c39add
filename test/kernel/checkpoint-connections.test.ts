import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { OwnedContainer } from '../../lib/index.js';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { counted, countOf, countsOn, criu } from '../harness/criu.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { holdNamespaces } from '../harness/namespaces.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { installProgram, staticCompiler, staticProgram } from '../harness/static-program.js';

const quiet = { stdio: 'ignore' } as const;
const piped = { stdio: 'pipe' } as const;

// No rules of a firewall are needed to keep packets away from a connection with oneself.
const tcp = { tcpEstablished: true, networkLock: 'skip' } as const;

/** Puts a line into the connection, and waits for the one that comes out. */
function lineThrough(container: OwnedContainer): (line: string) => Promise<string | undefined> {
	const lines = container.lines();
	return async (line) => {
		container.stdin?.write(`${line}\n`);
		return (await lines.next()).value ?? undefined;
	};
}

describeWith([root, busybox, criu, staticCompiler], 'what a saved container is connected to', () => {
	const tcpBundle = (netns?: string) => {
		const made = bundle((config) => {
			config.process.args = ['tcp_loop'];
			if (netns === undefined) return;
			config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'network');
			config.linux.namespaces.push({ type: 'network', path: netns });
		});
		installProgram('tcp_loop', made.rootfs);
		return made;
	};

	test('TCP connections in a network namespace of its own, if they are asked for', async () => {
		const runtime = newRuntime();
		const made = tcpBundle();
		const images = scratch('images');
		const work = scratch('work');
		await using first = await runtime.run(containerId(), made.path, piped);
		const through = lineThrough(first);
		first.stdin?.write('one\n');
		expect(await through('two')).toBe('one');
		const refused = await failureOf(first.checkpoint(images, { workPath: work, networkLock: 'skip' }));
		expect(refused).toMatchObject({ code: 'ERR_CRIU', path: join(work, 'dump.log') });
		expect(refused.message).toMatch(/^criu cannot save the container: .*connected TCP/is);
		expect(refused.hint).toContain(join(work, 'dump.log'));
		expect(readFileSync(join(work, 'dump.log'), 'utf8')).toContain('Error');
		// It was looked at, and no more.
		expect(await through('three')).toBe('two');

		await first.checkpoint(images, tcp);
		await using second = await runtime.restore(containerId(), made.path, images, { ...piped, ...tcp });
		expect(await lineThrough(second)('four')).toBe('three');
	});

	test('TCP connections in a network namespace that it has joined', async () => {
		await using held = await holdNamespaces(['--net'], 'ip link set lo up');
		const runtime = newRuntime();
		const made = tcpBundle(held.path('network'));
		const images = scratch('images');
		await using first = await runtime.run(containerId(), made.path, piped);
		first.stdin?.write('one\n');
		expect(await lineThrough(first)('two')).toBe('one');
		await first.checkpoint(images, tcp);
		await using second = await runtime.restore(containerId(), made.path, images, { ...piped, ...tcp });
		expect(await lineThrough(second)('three')).toBe('two');
		const look = await second.exec(['readlink', '/proc/self/ns/net'], { stdio: ['ignore', 'pipe', 'ignore'] });
		expect((await look.output()).stdout.trim()).toBe(held.inode('network'));
	});

	test('a unix socket of the host, if it is asked for', async () => {
		const folder = scratch('socket');
		const receiver = spawn(staticProgram('datagrams') ?? '', ['receive', join(folder, 'socket')], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const lines = createInterface(receiver.stdout)[Symbol.asyncIterator]();
		const next = async () => String((await lines.next()).value);
		try {
			expect(await next()).toBe('bound');
			const runtime = newRuntime();
			const made = bundle((config) => {
				config.process.args = ['datagrams', 'send', join(folder, 'socket')];
				// The other end is found again by the name that it was bound to.
				config.mounts.push({ destination: folder, source: folder, options: ['bind'] });
				// CRIU finds the other end among the sockets of the same network namespace.
				config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'network');
			});
			installProgram('datagrams', made.rootfs);
			const images = scratch('images');
			await using first = await runtime.run(containerId(), made.path, quiet);
			const before = Number(await next());
			expect((await failureOf(first.checkpoint(images))).code).toBe('ERR_CRIU');
			await first.checkpoint(images, { extUnixSk: true });
			const marked = spawn(staticProgram('datagrams') ?? '', ['mark', join(folder, 'socket')], { stdio: 'inherit' });
			const delivered = once(marked, 'exit');
			let last = before;
			for (let line = await next(); line !== 'mark'; line = await next()) last = Number(line);
			expect(await delivered).toEqual([0, null]);
			await using _second = await runtime.restore(containerId(), made.path, images, { ...quiet, extUnixSk: true });
			expect(await next()).toBe(String(last + 1));
			expect(await next()).toBe(String(last + 2));
		} finally {
			receiver.kill('SIGKILL');
		}
	});

	test('file locks, if they are asked for', async () => {
		const runtime = newRuntime();
		const loop = 'i=0; while :; do i=$((i+1)); echo $i >/new; mv /new /count; sleep 0.02; done';
		const made = scriptBundle(`exec locked /lock sh -c '${loop}'`, (config) => {
			config.root.readonly = false;
		});
		installProgram('locked', made.rootfs);
		const images = scratch('images');
		await using first = await runtime.run(containerId(), made.path, quiet);
		await counted(made);
		const refused = await failureOf(first.checkpoint(images));
		expect(refused.code).toBe('ERR_CRIU');
		expect(refused.message).toMatch(/lock/i);
		await first.checkpoint(images, { fileLocks: true });
		const saved = countOf(made);
		await using second = await runtime.restore(containerId(), made.path, images, { ...quiet, fileLocks: true });
		await countsOn(made, saved);
		const attempt = await second.exec(['locked', '/lock', 'true'], quiet);
		expect(await attempt.wait()).toEqual({ code: 1, signal: null });
	});
});
