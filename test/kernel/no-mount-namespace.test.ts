import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { shellHook } from '../harness/hooks.js';
import { inside, newRuntime, run } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

/** All that needs a mount namespace, taken out of the usual configuration along with it. */
function withoutMounts({ linux, root, mounts }: Config): void {
	linux.namespaces = linux.namespaces.filter(({ type }) => type !== 'mount');
	delete linux['maskedPaths'];
	delete linux['readonlyPaths'];
	root.readonly = false;
	mounts.length = 0;
}

describeWith([root, busybox], 'without a mount namespace', () => {
	test('the root is the bundle’s root file system all the same', async () => {
		const { path, rootfs } = scriptBundle('cat /marker', withoutMounts);
		writeFileSync(join(rootfs, 'marker'), 'of the image\n');
		const { stdout, exit } = await run(path);
		expect({ stdout, exit }).toEqual({ stdout: 'of the image\n', exit: { code: 0, signal: null } });
	});

	test('the caller’s working directory has nothing to do with it', async () => {
		const elsewhere = mkdtempSync(join(bundle(() => {}, 'empty').path, 'elsewhere-'));
		writeFileSync(join(elsewhere, 'host-file'), '');
		const before = process.cwd();
		process.chdir(elsewhere);
		try {
			expect(await inside('ls /host-file 2>/dev/null || echo none', withoutMounts)).toBe('none');
		} finally {
			process.chdir(before);
		}
	});

	test('the working directory is made inside', async () => {
		const edit = (config: Config) => {
			withoutMounts(config);
			config.process.cwd = '/srv/new';
		};
		expect(await inside('pwd', edit)).toBe('/srv/new');
	});

	test('exec finds itself in the same root', async () => {
		const { path, rootfs } = scriptBundle('sleep 600', withoutMounts);
		writeFileSync(join(rootfs, 'marker'), 'of the image\n');
		await using container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
		const handle = await container.exec(['cat', '/marker'], { stdio: 'pipe' });
		const [printed, exit] = await Promise.all([handle.stdout === null ? '' : text(handle.stdout), handle.wait()]);
		expect({ printed, exit }).toEqual({ printed: 'of the image\n', exit: { code: 0, signal: null } });
	});

	test('nothing is mounted on the host', async () => {
		const { path, rootfs } = scriptBundle('sleep 600', withoutMounts);
		await using _container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
		const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
		expect(mounts.filter((line) => line.includes(rootfs))).toEqual([]);
	});
});

/** The usual configuration, with everything that it mounts, in the runtime's own mount namespace. */
function mountsOnHost({ linux }: Config): void {
	linux.namespaces = linux.namespaces.filter(({ type }) => type !== 'mount');
	delete linux['maskedPaths'];
	delete linux['readonlyPaths'];
}

/** Mount points of this process below a directory. */
const mountsBelow = (path: string): string[] =>
	readFileSync('/proc/self/mountinfo', 'utf8')
		.split('\n')
		.map((line) => line.split(' ')[4] ?? '')
		.filter((place) => place === path || place.startsWith(`${path}/`));

describeWith([root, busybox], 'mounts without a mount namespace', () => {
	test('are made on the host, and go with the container', async () => {
		const { path, rootfs } = scriptBundle('echo $(readlink /proc/self/ns/mnt) $$; sleep 600', mountsOnHost);
		await using container = await newRuntime().run(containerId(), path, { stdio: 'pipe' });
		const line = await new Promise((resolve) => container.stdout?.once('data', (data) => resolve(String(data))));
		expect(line).toBe(`${readlinkSync('/proc/self/ns/mnt')} 1\n`);
		expect(mountsBelow(rootfs)).toEqual(expect.arrayContaining([rootfs, `${rootfs}/proc`, `${rootfs}/dev/pts`]));
		const handle = await container.exec(['sh', '-c', 'test -c /dev/null && ls /proc/1'], { stdio: 'ignore' });
		expect(await handle.wait()).toEqual({ code: 0, signal: null });
		await container.delete({ force: true });
		expect(mountsBelow(rootfs)).toEqual([]);
		expect(readdirSync(join(rootfs, 'proc'))).toEqual([]);
	});

	test('a root that is to be read-only is that inside, and not outside', async () => {
		const { path, rootfs } = scriptBundle('touch /file 2>&1; touch /dev/shm/file && echo made', (config) => {
			mountsOnHost(config);
			config.root.readonly = true;
			config.linux['rootfsPropagation'] = 'private';
		});
		const { stdout } = await run(path);
		expect(stdout).toBe('touch: /file: Read-only file system\nmade\n');
		writeFileSync(join(rootfs, 'from-outside'), '');
	});

	test('leave what the host has mounted as it is, whoever its peers are', async () => {
		const outer = scratch('shared');
		const host = (script: string) => execFileSync('sh', ['-ec', script], { env: { ...process.env, outer } });
		host('mount -t tmpfs tmpfs $outer; mount --make-shared $outer; mkdir $outer/sub $outer/sub/bundle $outer/peer');
		host('mount -t tmpfs tmpfs $outer/sub; mount --bind $outer $outer/peer; mkdir $outer/sub/inner');
		try {
			const before = mountsBelow(outer);
			const edit = (config: Config) => {
				mountsOnHost(config);
				config.mounts.push({ destination: '/data', type: 'bind', source: outer, options: ['rbind'] });
				config.mounts.push({ destination: '/data/peer', type: 'tmpfs', source: 'tmpfs' });
			};
			expect(await inside('ls /data', edit)).toContain('sub');
			expect(mountsBelow(outer)).toEqual(before);
		} finally {
			host('umount -R -l $outer');
		}
	});

	test('on a root that is itself a mount point of the host leave that one', async () => {
		const { path, rootfs } = scriptBundle('true', mountsOnHost);
		execFileSync('mount', ['--bind', rootfs, rootfs]);
		try {
			expect((await run(path)).exit).toEqual({ code: 0, signal: null });
			expect(mountsBelow(rootfs)).toEqual([rootfs]);
		} finally {
			execFileSync('umount', [rootfs]);
		}
	});

	test.each<[string, (config: Config) => void]>([
		['a mount', ({ mounts }) => void mounts.push({ destination: '/x', type: 'no-such' })],
		['a hook', (config) => void Object.assign(config, { hooks: { createRuntime: [shellHook('exit 3')] } })],
		['the search for the program', ({ process }) => void Object.assign(process, { args: ['/not/there'] })],
	])('are taken back when %s fails', async (_, edit) => {
		const { path, rootfs } = scriptBundle('true', (config) => {
			mountsOnHost(config);
			edit(config);
		});
		await failureOf(run(path));
		expect(mountsBelow(rootfs)).toEqual([]);
	});

	test('are refused from a user namespace, which may not mount there', async () => {
		const { path } = scriptBundle('true', (config) => {
			mountsOnHost(config);
			const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
		});
		expect(await failureOf(run(path))).toMatchObject({
			code: 'ERR_CONFIG_INVALID',
			faults: [{ pointer: '/mounts' }],
		});
	});

	test('are taken away by delete, after create was killed', async () => {
		const id = containerId();
		const { path, rootfs } = scriptBundle('true', (config) => {
			mountsOnHost(config);
			config.hooks = { createRuntime: [shellHook('kill -9 $PPID')] };
		});
		expect((await tsrun(['create', '--bundle', path, id])).signal).toBe('SIGKILL');
		expect(mountsBelow(rootfs)).not.toEqual([]);
		expect(await tsrun(['delete', '--force', id])).toMatchObject({ status: 0, stderr: '' });
		expect(mountsBelow(rootfs)).toEqual([]);
	});
});
