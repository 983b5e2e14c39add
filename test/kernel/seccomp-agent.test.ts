import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { native, OwnedFd, readable } from '../../lib/native/index.js';
import { bundle, scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { moments, withProfile } from '../harness/seccomp.js';
import { recordedContainers } from '../harness/state-root.js';

const limit = { timeoutMs: 10_000 };
const EXDEV = 18;

/** What an agent as the runtime-spec describes it gets by one connection. */
interface Received {
	readonly listener: OwnedFd;
	readonly state: Record<string, unknown>;
	/** How many descriptors came with each message. */
	readonly descriptors: readonly number[];
}

class Agent implements Disposable {
	readonly path = join(scratch('agent'), 'agent.sock');
	readonly #socket = new OwnedFd(native().listenUnix(this.path, 'stream'));

	async next(): Promise<Received> {
		await readable(this.#socket.number, limit);
		using connection = new OwnedFd(native().accept(this.#socket.number) ?? -1);
		const fds: number[] = [];
		const descriptors: number[] = [];
		let text = '';
		for (;;) {
			await readable(connection.number, limit);
			const message = native().receive(connection.number, 65536);
			if (message === undefined) continue;
			if (message.data.length === 0) break;
			fds.push(...message.fds);
			descriptors.push(message.fds.length);
			text += message.data.toString();
		}
		return { listener: new OwnedFd(fds[0] ?? -1), state: JSON.parse(text) as Record<string, unknown>, descriptors };
	}

	/** Nobody has connected. */
	get idle(): boolean {
		return native().accept(this.#socket.number) === undefined;
	}

	[Symbol.dispose](): void {
		this.#socket.close();
	}
}

/** Refuses one call with EXDEV. */
async function refuseNext(listener: OwnedFd): Promise<number> {
	await readable(listener.number, limit);
	const call = native().seccompReceive(listener.number);
	if (call === undefined) throw new Error('nothing to answer');
	native().seccompRespond(listener.number, call.id, 0n, -EXDEV, false);
	return call.pid;
}

const notify = (path: string, more: object = {}) => ({
	defaultAction: 'SCMP_ACT_ALLOW',
	listenerPath: path,
	syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_NOTIFY' }],
	...more,
});

const mkdir = 'mkdir /dev/shm/a 2>&1 | grep -q cross-device';

describeWith([root, busybox], 'the agent of listenerPath', () => {
	test.each(moments)(
		'gets the listener of the container and of what is started beside it, %s',
		async (_, privileges) => {
			using agent = new Agent();
			const profile = notify(agent.path, {
				listenerMetadata: 'MKDIR=no\n"quoted"',
				flags: ['SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV'],
			});
			const { path } = scriptBundle(`${mkdir} && read x`, (config) => {
				withProfile(profile, privileges)(config);
				config.annotations = { 'org.example.name': 'value' };
			});
			const id = containerId();
			await using container = await newRuntime().create(id, path, { stdio: ['pipe', 'ignore', 'inherit'] });
			if (privileges) expect(agent.idle).toBe(true);
			await container.start();

			const first = await agent.next();
			using listener = first.listener;
			expect(first.descriptors[0]).toBe(1);
			expect(first.state).toEqual({
				ociVersion: '1.3.0',
				fds: ['seccompFd'],
				pid: container.pid,
				metadata: 'MKDIR=no\n"quoted"',
				state: {
					ociVersion: '1.3.0',
					id,
					status: privileges ? 'created' : 'creating',
					pid: container.pid,
					bundle: path,
					annotations: { 'org.example.name': 'value' },
				},
			});
			await refuseNext(listener);

			const other = await container.exec(['sh', '-c', mkdir], { stdio: 'ignore' });
			const second = await agent.next();
			using otherListener = second.listener;
			expect(second.state).toMatchObject({ pid: other.pid, state: { id, status: 'running', pid: container.pid } });
			await refuseNext(otherListener);
			expect(await other.wait()).toEqual({ code: 0, signal: null });

			container.stdin?.end('go on\n');
			expect(await container.wait()).toEqual({ code: 0, signal: null });
		},
	);

	test('a large state comes in pieces, the descriptor with the first of them', async () => {
		using agent = new Agent();
		const large = 'x'.repeat(300_000);
		const { path } = bundle((config) => {
			withProfile(notify(agent.path), false)(config);
			config.annotations = { large };
		});
		const [received, container] = await Promise.all([
			agent.next(),
			newRuntime().create(containerId(), path, { stdio: 'ignore' }),
		]);
		await using _container = container;
		using _listener = received.listener;
		expect(received.state).toMatchObject({ state: { annotations: { large } } });
		const [first, ...others] = received.descriptors;
		expect([first, Math.max(...others)]).toEqual([1, 0]);
	});

	test('is not asked where nothing is notified', async () => {
		using agent = new Agent();
		const syscalls = [{ names: ['mkdir'], action: 'SCMP_ACT_ERRNO' }];
		const { path } = bundle(withProfile(notify(agent.path, { syscalls })));
		await using container = await newRuntime().create(containerId(), path, { stdio: 'ignore' });
		await container.start();
		expect(await container.wait()).toEqual({ code: 0, signal: null });
		expect(agent.idle).toBe(true);
	});

	test.each(moments)('that is not there is an error, and the container is not, %s', async (_, privileges) => {
		const nowhere = join(scratch('agent'), 'nobody.sock');
		const { path } = scriptBundle('sleep 1000', withProfile(notify(nowhere), privileges));
		const attempt = newRuntime().run(containerId(), path, { stdio: 'ignore' });
		expect(await failureOf(attempt)).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: '/linux/seccomp/listenerPath',
			syscall: 'connect',
			path: nowhere,
		});
		expect(recordedContainers()).toEqual([]);
	});

	test('that does not exist for a profile that notifies is a fault of the profile', async () => {
		const edit = (config: Config) => withProfile({ ...notify(''), listenerPath: '' })(config);
		const failure = await failureOf(newRuntime().create(containerId(), bundle(edit).path, { stdio: 'ignore' }));
		expect(failure).toMatchObject({ code: 'ERR_CONFIG_INVALID', pointer: '/linux/seccomp/syscalls/0/action' });
		expect(failure.where?.line).toBeGreaterThan(1);
	});

	test.each(moments)('may hold up the very calls that the runtime makes, %s', async (_, privileges) => {
		using agent = new Agent();
		const names = ['execve', 'sendmsg', 'recvmsg', 'capset', 'setresuid', 'close', 'chdir', 'prctl', 'futex'];
		const profile = notify(agent.path, { syscalls: [{ names, action: 'SCMP_ACT_NOTIFY' }] });
		const { path } = scriptBundle('exit 7', withProfile(profile, privileges));
		const runtime = newRuntime();
		const going = runtime.run(containerId(), path, { stdio: 'ignore' });
		const { listener } = await agent.next();
		using _listener = listener;
		const held = new Set<string>();
		const serve = async () => {
			for (;;) {
				await readable(listener.number, limit);
				const call = native().seccompReceive(listener.number);
				if (call === undefined) return;
				held.add(native().seccompCallName(call.architecture, call.number) ?? '');
				native().seccompRespond(listener.number, call.id, 0n, 0, true);
			}
		};
		const served = serve();
		await using container = await going;
		expect(await container.wait()).toEqual({ code: 7, signal: null });
		await served;
		expect([...held]).toEqual(expect.arrayContaining(privileges ? ['execve'] : ['execve', 'sendmsg', 'capset']));
	});

	test.each(moments)('that goes away leaves ENOSYS behind, %s', async (_, privileges) => {
		using agent = new Agent();
		const script =
			'mkdir /dev/shm/a 2>&1 | grep -q "not implemented" && mkdir /dev/shm/b 2>&1 | grep -q "not implemented"';
		const { path } = scriptBundle(script, withProfile(notify(agent.path), privileges));
		await using container = await newRuntime().create(containerId(), path, { stdio: 'ignore' });
		await container.start();
		const { listener } = await agent.next();
		// The first call waits by then, the second comes when nobody listens any more.
		await readable(listener.number, limit);
		listener.close();
		expect(await container.wait()).toEqual({ code: 0, signal: null });
	});

	test('has its socket gone with the container where the library answers', async () => {
		const { path } = bundle(withProfile({ ...notify(''), listenerPath: undefined }));
		const id = containerId();
		const runtime = newRuntime();
		const container = await runtime.create(id, path, { stdio: 'ignore', onSyscall: () => 'continue' });
		await container.delete({ force: true });
		expect(existsSync(path)).toBe(true);
		expect(recordedContainers()).toEqual([]);
	});
});
