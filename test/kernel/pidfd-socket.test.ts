import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { native, OwnedFd, readable } from '../../lib/native/index.js';
import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

/** Where a caller waits for a pidfd. */
class Receiver implements Disposable {
	readonly path = join(scratch('pidfd'), 'socket');
	readonly #listener = new OwnedFd(native().listenUnix(this.path, 'stream'));

	/** What came by the one connection: the words, and the pid of the process that the descriptor is of. */
	async received(): Promise<{ words: string; pid: number }> {
		await readable(this.#listener.number, { timeoutMs: 10_000 });
		using connection = new OwnedFd(native().accept(this.#listener.number) ?? -1);
		await readable(connection.number, { timeoutMs: 10_000 });
		const { data, fds } = native().receive(connection.number, 64) ?? { data: Buffer.alloc(0), fds: [] };
		expect(fds).toHaveLength(1);
		using pidfd = new OwnedFd(fds[0] ?? -1);
		const pid = /^Pid:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${pidfd.number}`, 'utf8'))?.[1];
		return { words: data.toString(), pid: Number(pid) };
	}

	[Symbol.dispose](): void {
		this.#listener.close();
	}
}

describeWith([root, busybox], '--pidfd-socket', () => {
	test('create and exec send a pidfd of their process, and say whose it is', async () => {
		using receiver = new Receiver();
		const id = containerId();
		const { path } = scriptBundle('sleep 600');
		expect(await tsrun(['create', '--bundle', path, '--pidfd-socket', receiver.path, id])).toMatchObject({ status: 0 });
		const { pid } = JSON.parse((await tsrun(['state', id])).stdout);
		expect(await receiver.received()).toEqual({ words: 'standard', pid });

		expect(await tsrun(['start', id])).toMatchObject({ status: 0 });
		const pidFile = join(path, 'exec.pid');
		const options = ['--detach', '--pid-file', pidFile, '--pidfd-socket', receiver.path];
		expect(await tsrun(['exec', ...options, id, 'sleep', '600'])).toMatchObject({ status: 0 });
		expect(await receiver.received()).toEqual({ words: 'setns', pid: Number(readFileSync(pidFile, 'utf8')) });
		expect(await tsrun(['delete', '--force', id])).toMatchObject({ status: 0 });
	});

	test('with nobody there the container is not made', async () => {
		const id = containerId();
		const { path } = scriptBundle('true');
		const { status, stderr } = await tsrun(['run', '--bundle', path, '--pidfd-socket', '/nonexistent', id]);
		expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('cannot send the pidfd') });
		expect(await tsrun(['state', id])).toMatchObject({ status: 1 });
	});
});
