import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import type { NotifiedCall, PlanWarning, SyscallAnswer, SyscallHandler } from '../../lib/index.js';
import { scriptBundle } from '../harness/bundle.js';
import { installCall, staticCompiler } from '../harness/call-program.js';
import { newRuntime, run } from '../harness/inside.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { filtered, moments, withProfile } from '../harness/seccomp.js';

const { EACCES, EFAULT, EPERM } = constants.errno;
const x86_64: Requirement = { what: 'an x86-64 machine', met: () => process.arch === 'x64' };

const notified = (...names: string[]) => ({
	defaultAction: 'SCMP_ACT_ALLOW',
	architectures: ['SCMP_ARCH_X86'],
	syscalls: [{ names, action: 'SCMP_ACT_NOTIFY' }],
});

const bundleFor = (script: string, names: string[], noNewPrivileges = true) => {
	const made = scriptBundle(script, withProfile(notified(...names), noNewPrivileges));
	installCall(made.rootfs);
	return made.path;
};

/** Answers one call of each name, and lets pass the rest, of busybox for instance. */
const answering =
	(name: string, answer: (call: NotifiedCall) => SyscallAnswer): SyscallHandler =>
	(call) =>
		call.name === name ? answer(call) : 'continue';

describeWith([root, busybox, staticCompiler, x86_64], 'onSyscall', () => {
	test.each(moments)('sees the call, and its answer is what the caller gets, %s', async (_, noNewPrivileges) => {
		const seen: NotifiedCall[] = [];
		const onSyscall = (call: NotifiedCall): SyscallAnswer => {
			seen.push(call);
			const [first] = call.args;
			if (first === 1n) return { value: 2n ** 40n + 7n };
			if (first === 2n) return { errno: 'EACCES' };
			if (first === 3n) return { errno: 4095 };
			return 'continue';
		};
		const calls = ['native 104 1 0xffffffffffffffff', 'native 104 2', 'native 104 3', 'native 104 4', 'i386 47 2'];
		const script = calls.map((call) => `call ${call}`).join('; ');
		const id = containerId();
		// busybox asks for its group id as well.
		const results = await filtered(notified('getgid', 'getgid32'), script, noNewPrivileges, { id, onSyscall });
		expect(results).toEqual([String(2n ** 40n + 7n), `-${EACCES}`, '-4095', '0', `-${EACCES}`]);
		const [one, , , , other] = seen.filter(({ args }) => args[0] !== 0n);
		expect(one).toMatchObject({ container: id, name: 'getgid', number: 104, architecture: 'SCMP_ARCH_X86_64' });
		expect(one?.args.slice(0, 2)).toEqual([1n, 2n ** 64n - 1n]);
		expect(one?.pid).toBeGreaterThan(1);
		expect(one?.waits).toBe(false);
		expect(other).toMatchObject({ name: 'getgid', number: 47, architecture: 'SCMP_ARCH_X86' });
	});

	test('reads memory and strings of the caller; an address that is wrong is the caller’s EFAULT', async () => {
		const paths: string[] = [];
		const warnings: PlanWarning[] = [];
		const handler = answering('mkdir', (call) => {
			const [address = 0n] = call.args;
			paths.push(call.readString(address));
			expect(call.readMemory(address, 4).toString()).toBe('/tmp');
			expect(call.readMemory(address, 0)).toHaveLength(0);
			expect(() => call.readString(address, 3)).toThrow(expect.objectContaining({ errno: 'ENAMETOOLONG' }));
			return { errno: 'EROFS' };
		});
		const path = bundleFor(
			'mkdir /tmp/a; mkdir "/tmp/größer"; call native 83 0x10; call native 83 0xfffffffffffffff0',
			['mkdir'],
		);
		const runtime = newRuntime({ onWarning: (warning) => warnings.push(warning) });
		await using container = await runtime.create(containerId(), path, { stdio: 'pipe', onSyscall: handler });
		await container.start();
		if (container.stdout === null) throw new Error('there is no pipe');
		expect(await text(container.stdout)).toBe(`-${EFAULT}\n-${EFAULT}\n`);
		expect(paths).toEqual(['/tmp/a', '/tmp/größer']);
		expect(warnings.map(({ message }) => message)).toEqual([
			expect.stringContaining('bad address'),
			expect.stringContaining('bad address'),
		]);
	});

	test('takes descriptors of the caller, and gives it some', async () => {
		let content = '';
		const taking = answering('fsync', (call) => {
			using file = call.descriptor(5);
			const buffer = Buffer.alloc(100);
			content = buffer.toString('utf8', 0, readSync(file.fd, buffer, 0, 100, 0));
			expect(() => call.descriptor(99)).toThrow(expect.objectContaining({ errno: 'EBADF' }));
			return { value: 77 };
		});
		expect(await filtered(notified('fsync'), 'call native 74 5 5</etc/group', true, { onSyscall: taking })).toEqual([
			'77',
		]);
		expect(content).toContain('root:x:0:');

		const fd = openSync(import.meta.filename, 'r');
		const giving = answering('openat', (call) =>
			call.readString(call.args[1] ?? 0n) === '/not/there' ? { descriptor: fd, closeOnExec: true } : 'continue',
		);
		const lines = await filtered(notified('openat'), 'head -n 1 /not/there; head -n 1 /nor/this; true', true, {
			onSyscall: giving,
		});
		closeSync(fd);
		expect(lines).toEqual([
			readFileSync(import.meta.filename, 'utf8').split('\n')[0],
			expect.stringContaining('/nor/this'),
		]);
	});

	test('handles calls at the same time', async () => {
		const waiting: (() => void)[] = [];
		const onSyscall: SyscallHandler = (call) => {
			if (call.name !== 'mkdir') return 'continue';
			return new Promise((done) => {
				waiting.push(() => done({ errno: 'EPERM' }));
				// Nobody is answered before all have asked.
				if (waiting.length === 5) for (const answer of waiting) answer();
			});
		};
		const script = 'for i in 1 2 3 4 5; do call native 83 & done; wait';
		expect(await filtered(notified('mkdir'), script, true, { onSyscall })).toEqual(Array(5).fill(`-${EPERM}`));
	});

	test.each<[string, SyscallHandler]>([
		[
			'throws',
			answering('mkdir', () => {
				throw new Error('no idea');
			}),
		],
		['rejects', async (call) => (call.name === 'mkdir' ? Promise.reject(new Error('no idea')) : 'continue')],
		['answers nonsense', answering('mkdir', () => ({ errno: 'no idea' }))],
		['gives a descriptor that it does not have', answering('mkdir', () => ({ descriptor: 9999 }))],
	])('a handler that %s makes the call fail with EPERM, and is told of', async (_, onSyscall) => {
		const outcome = await run(bundleFor('call native 83', ['mkdir']), { onSyscall });
		expect(outcome.stdout).toBe(`-${EPERM}\n`);
		expect(outcome.warnings).toEqual([
			{
				message: expect.stringMatching(/^mkdir of process \d+ failed, because its handler did: /),
				pointer: '/linux/seccomp',
			},
		]);
	});

	test('a caller that is killed while its call is handled is nobody’s trouble', async () => {
		const warnings: PlanWarning[] = [];
		const runtime = newRuntime({ onWarning: (warning) => warnings.push(warning) });
		let finish: (answer: SyscallAnswer) => void = () => {};
		const asked = deferred<NotifiedCall>();
		const path = bundleFor('exec call native 83 0x1000', ['mkdir']);
		await using container = await runtime.create(containerId(), path, {
			stdio: 'ignore',
			onSyscall: (call) => {
				if (call.name !== 'mkdir') return 'continue';
				asked.resolve(call);
				return new Promise((done) => {
					finish = done;
				});
			},
		});
		await container.start();
		const call = await asked.promise;
		expect(call.waits).toBe(true);
		await container.kill(constants.signals.SIGKILL);
		expect(await container.wait()).toEqual({ code: null, signal: constants.signals.SIGKILL });
		expect(call.waits).toBe(false);
		for (const look of [() => call.readMemory(0x1000n, 8), () => call.descriptor(0)]) {
			expect(look).toThrow(expect.objectContaining({ code: 'ERR_CALL_GONE' }));
		}
		finish({ value: 1 });
		expect(warnings).toEqual([]);
	});

	test('a container that is deleted while a call is handled goes at once', async () => {
		const asked = deferred<void>();
		const path = bundleFor('call native 83', ['mkdir']);
		const container = await newRuntime().create(containerId(), path, {
			stdio: 'ignore',
			onSyscall: (call) => {
				if (call.name !== 'mkdir') return 'continue';
				asked.resolve();
				return new Promise(() => {});
			},
		});
		await container.start();
		await asked.promise;
		await container.delete({ force: true });
	});

	test('answers programs that are started beside, whoever starts them', async () => {
		const seen: string[] = [];
		const runtime = newRuntime();
		const id = containerId();
		await using container = await runtime.create(id, bundleFor('sleep 1000', ['mkdir'], false), {
			stdio: 'ignore',
			onSyscall: answering('mkdir', (call) => {
				seen.push(call.container);
				return { value: 5 };
			}),
		});
		await container.start();
		const elsewhere = await newRuntime().get(id);
		for (const handle of [container, elsewhere]) {
			const other = await handle.exec(['call', 'native', '83'], { stdio: 'pipe' });
			expect(other.stdout === null ? '' : await text(other.stdout)).toBe('5\n');
			expect(await other.wait()).toEqual({ code: 0, signal: null });
		}
		expect(seen).toEqual([id, id]);
	});
});

describeWith([root, busybox, x86_64], 'the example that emulates mknod', () => {
	// Plain JavaScript: TypeScript does not look into it.
	const handler = new URL('../../examples/mknod-handler.mjs', import.meta.url).href;

	test('lets a container without privileges make harmless devices, and no others', async () => {
		const script =
			'exec 2>&1; cd /tmp; mknod /tmp/null c 1 3 && echo x > /tmp/null && stat -c "%F %t:%T %u:%g" null; ' +
			'mknod zero c 1 5 && head -c 2 zero | wc -c; mknod mem c 1 1; mknod disk b 8 0; mknod fifo p && test -p fifo && echo fifo; ' +
			'ln -s / out; mknod out/zero c 1 5; mknod /tmp/null c 1 3';
		const { emulateMknod, mknodRule }: { emulateMknod: SyscallHandler; mknodRule: object } = await import(handler);
		const { path } = scriptBundle(script, (config) => {
			withProfile({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [mknodRule] })(config);
			const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
			config.root.readonly = false;
		});
		const { stdout, warnings } = await run(path, { onSyscall: emulateMknod });
		expect(stdout.trimEnd().split('\n')).toEqual([
			'character special file 1:3 0:0',
			'2',
			'mknod: mem: Operation not permitted',
			'mknod: disk: Operation not permitted',
			'fifo',
			'mknod: out/zero: No such file or directory',
			'mknod: /tmp/null: File exists',
		]);
		expect(warnings).toEqual([]);
	});
});

function deferred<Value>() {
	let resolve: (value: Value) => void = () => {};
	const promise = new Promise<Value>((done) => {
		resolve = done;
	});
	return { promise, resolve };
}
