import {
	chmodSync,
	chownSync,
	lchownSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

const mode = (path: string) => (lstatSync(path).mode & 0o7777).toString(8);

describeWith([root, busybox], 'CVE-2024-25621: what is remembered of a container', () => {
	test('is for the eyes of its owner, whatever the caller’s mask', async () => {
		const before = process.umask(0);
		const state = join(scratch('above'), 'made/root');
		try {
			const runtime = newRuntime({ root: state });
			await using container = await runtime.create(containerId(), bundle().path, { stdio: 'ignore' });
			expect(mode(state)).toBe('700');
			const folder = join(state, container.id);
			expect(mode(folder)).toBe('711');
			for (const name of readdirSync(folder)) expect([name, mode(join(folder, name))]).toEqual([name, '600']);
			expect(readdirSync(folder)).toEqual(expect.arrayContaining(['state.json', 'config.json', 'start.sock']));
		} finally {
			process.umask(before);
		}
	});
});

describeWith([root, busybox], 'CVE-2020-15257: sockets of the runtime', () => {
	test('have a path and a mode, none is abstract', async () => {
		await using container = await newRuntime().create(containerId(), bundle().path, { stdio: 'ignore' });
		// Abstract ones are listed for the network namespace, and bear a @.
		const own = readFileSync('/proc/net/unix', 'utf8')
			.split('\n')
			.filter((line) => /tsrun/.test(line) && line.includes(container.id));
		expect(own.length).toBeGreaterThan(0);
		for (const line of own) {
			const path = line.slice(line.indexOf('/'));
			expect(line).not.toContain('@');
			expect(mode(path)).toBe('600');
		}
	});

	test('one that connects and says nothing does not keep the container from being started', async () => {
		const state = scratch('root');
		await using container = await newRuntime({ root: state }).create(containerId(), bundle().path, { stdio: 'ignore' });
		const { native, OwnedFd } = await import('../../lib/native/index.js');
		const path = join(state, container.id, 'start.sock');
		using quiet = new OwnedFd(native().connectUnix(path, 'seqpacket'));
		using confused = new OwnedFd(native().connectUnix(path, 'seqpacket'));
		native().send(confused.number, Buffer.alloc(8, 0xff), []);
		quiet.close();
		await container.start();
		expect(await container.wait()).toEqual({ code: 0, signal: null });
	});
});

/** Whoever may write to the state root says what later calls, by root, do. */
describeWith([root], 'a state root that is somebody else’s', () => {
	const unsafe: [string, (path: string) => void][] = [
		['belongs to another user', (path) => chownSync(path, 1000, 1000)],
		['may be written to by its group', (path) => chmodSync(path, 0o770)],
		['may be written to by all', (path) => chmodSync(path, 0o1777)],
	];

	test.each(unsafe)('one that %s', async (_, spoil) => {
		const state = scratch('root');
		mkdirSync(join(state, 'planted'));
		writeFileSync(join(state, 'planted/state.json'), '{}');
		spoil(state);
		const runtime = newRuntime({ root: state });
		const attempts: Promise<unknown>[] = [
			runtime.create(containerId(), bundle(() => {}, 'empty').path, { stdio: 'ignore' }),
			runtime.get('planted'),
			runtime.list(),
		];
		for (const error of await Promise.all(attempts.map(failureOf))) expect(error.code).toBe('ERR_STATE_ROOT');
		const { status } = await tsrun(['--root', state, 'delete', '--force', 'planted'], { root: false });
		expect(status).toBe(1);
		expect(readdirSync(state)).toEqual(['planted']);
	});

	test('a link of another user', async () => {
		const folder = scratch('folder');
		const [link, real] = [join(folder, 'link'), join(folder, 'real')];
		mkdirSync(real, { mode: 0o700 });
		symlinkSync(real, link);
		lchownSync(link, 1000, 1000);
		const attempt = newRuntime({ root: link }).create(containerId(), bundle(() => {}, 'empty').path, {
			stdio: 'ignore',
		});
		expect(await failureOf(attempt)).toMatchObject({ code: 'ERR_STATE_ROOT' });
		expect(readdirSync(real)).toEqual([]);
	});

	test.each(['state.json', 'config.json', 'lock'])('a link in the place of %s is not followed', async (name) => {
		const state = scratch('root');
		const victim = join(scratch('victim'), 'file');
		writeFileSync(victim, 'untouched');
		mkdirSync(join(state, 'box'));
		symlinkSync(victim, join(state, 'box', name));
		const runtime = newRuntime({ root: state });
		await failureOf(runtime.get('box'));
		const { status } = await tsrun(['--root', state, 'start', 'box'], { root: false });
		expect(status).toBe(1);
		expect([readFileSync(victim, 'utf8'), mode(victim)]).toEqual(['untouched', '644']);
	});
});

describeWith([root, busybox], 'CVE-2026-53488: annotations', () => {
	// They come from images as well. Names by which other runtimes run programs, open files or leave confinement.
	const annotations = {
		'run.oci.handler': 'krun',
		'run.oci.hooks.stdout': '/evil/stdout',
		'run.oci.seccomp_fail_unknown_syscall': '0',
		'run.oci.pidfd_receiver': '/evil/socket',
		'run.oci.seccomp.receiver': '/evil/socket',
		'org.criu.config': '/evil/criu.conf',
		'io.katacontainers.config.hypervisor.path': '/evil',
		'module.wasm.image/variant': 'compat',
	};
	const plan = async (path: string, edit: (config: Config) => void) => {
		const config = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8')) as Config;
		edit(config);
		writeFileSync(join(path, 'config.json'), JSON.stringify(config));
		const { stdout, status } = await tsrun(['plan', '--bundle', path]);
		expect(status).toBe(0);
		return stdout;
	};

	test('change nothing of what is done', async () => {
		const { path } = scriptBundle('true');
		const plain = await plan(path, () => {});
		expect(plain).toContain('exec sh');
		expect(await plan(path, (config) => void Object.assign(config, { annotations }))).toBe(plain);
	});

	test('those that have a meaning are announced to engines, which take annotations from images', async () => {
		const { stdout } = await tsrun(['features']);
		expect(JSON.parse(stdout).potentiallyUnsafeConfigAnnotations).toEqual(
			expect.arrayContaining([
				'run.oci.keep_original_groups',
				'run.oci.mount_context_type',
				'org.criu.config',
				'org.systemd.property.',
			]),
		);
	});
});
