import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { native, OwnedFd, readable } from '../../lib/native/index.js';
import { scriptBundle } from '../harness/bundle.js';
import { program, tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch, token } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';
import { installProgram, staticCompiler } from '../harness/static-program.js';

/** The end of a service manager that is told of readiness. */
class Manager implements Disposable {
	readonly path = join(scratch('notify'), 'socket');
	readonly #socket = new OwnedFd(native().listenUnix(this.path, 'dgram'));
	readonly #said: string[] = [];

	get env() {
		return { PATH: process.env['PATH'] ?? '', NOTIFY_SOCKET: this.path };
	}

	/** What has been said up to a barrier, which is let go. */
	async untilBarrier(): Promise<string[]> {
		for (;;) {
			await readable(this.#socket.number, { timeoutMs: 10_000 });
			if (this.#hear()) return this.#said.splice(0);
		}
	}

	/** What has been said by now. */
	heard(): string[] {
		while (this.#hear() !== undefined);
		return this.#said.splice(0);
	}

	#hear(): boolean | undefined {
		const message = native().receive(this.#socket.number, 4096);
		if (message === undefined) return undefined;
		for (const fd of message.fds) new OwnedFd(fd).close();
		const text = message.data.toString();
		if (text === 'BARRIER=1') return true;
		this.#said.push(text);
		return false;
	}

	[Symbol.dispose](): void {
		this.#socket.close();
	}
}

function notifying(script: string, edit: (config: Config) => void = () => {}): string {
	const made = scriptBundle(script, edit);
	installProgram('notify', made.rootfs);
	return made.path;
}

const pidOf = async (id: string): Promise<number> => JSON.parse((await tsrun(['state', id])).stdout).pid;

describeWith([root, busybox, staticCompiler], 'readiness of a service', () => {
	test('is passed on by start, and the container’s process becomes the main one', async () => {
		using manager = new Manager();
		const { env } = manager;
		const id = containerId();
		const path = notifying('notify STATUS=loading MAINPID=1 "X=1\nREADY=1" BARRIER=1; sleep 600', (config) => {
			config.process.user = { uid: 1000, gid: 1000 };
		});
		expect(await tsrun(['create', '--bundle', path, id], { env })).toMatchObject({ status: 0, stderr: '' });
		expect(manager.heard()).toEqual([]);
		const starting = tsrun(['start', id], { env });
		const said = await manager.untilBarrier();
		expect(await starting).toMatchObject({ status: 0, stderr: '' });
		expect(said).toEqual(['READY=1\n', `MAINPID=${await pidOf(id)}\n`]);
		expect(await tsrun(['delete', '--force', id])).toMatchObject({ status: 0, stderr: '' });
	});

	test('is passed on by run --detach', async () => {
		using manager = new Manager();
		const id = containerId();
		const running = tsrun(['run', '--detach', '--bundle', notifying('notify READY=1; sleep 600'), id], manager);
		const said = await manager.untilBarrier();
		expect(await running).toMatchObject({ status: 0 });
		expect(said).toEqual(['READY=1\n', `MAINPID=${await pidOf(id)}\n`]);
		await tsrun(['delete', '--force', id]);
	});

	test('is passed on by run in the foreground, in its own name, each time', async () => {
		using manager = new Manager();
		const [command, ...first] = program;
		const path = notifying('notify READY=1; read line; notify READY=1 BARRIER=1; exit 7');
		const child = spawn(command, [...first, '--root', stateRoot(), 'run', '--bundle', path, containerId()], {
			env: { ...manager.env, TSRUN_TEST: token },
			stdio: ['pipe', 'inherit', 'inherit'],
			timeout: 20_000,
		});
		expect(await manager.untilBarrier()).toEqual(['READY=1\n', `MAINPID=${child.pid}\n`]);
		child.stdin.end('go on\n');
		expect(await manager.untilBarrier()).toEqual(['READY=1\n']);
		expect(await once(child, 'exit')).toEqual([7, null]);
	});

	test('is not waited for when the container ends without', async () => {
		using manager = new Manager();
		const id = containerId();
		expect(await tsrun(['run', '-d', '--bundle', notifying('true'), id], manager)).toMatchObject({ status: 0 });
		expect(manager.heard()).toEqual([]);
		await tsrun(['delete', id]);
	});

	test('is nothing of a container that nobody waits for', async () => {
		const script = 'echo "[$NOTIFY_SOCKET]"; test -e /run/notify && echo there';
		const { stdout } = await tsrun(['run', '--bundle', notifying(`${script}; true`), containerId()]);
		expect(stdout).toBe('[]\n');
	});

	test('is a warning when the manager cannot be reached', async () => {
		const env = { PATH: process.env['PATH'] ?? '', NOTIFY_SOCKET: '/nonexistent/notify' };
		const result = await tsrun(['run', '--bundle', notifying('exit 3'), containerId()], { env });
		expect(result).toMatchObject({ status: 3, stderr: expect.stringContaining('cannot talk to /nonexistent/notify') });
	});
});
