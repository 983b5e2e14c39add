import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { failureOf } from '../harness/failure.js';
import { hostTmpfs } from '../harness/host-mounts.js';
import { inside, run } from '../harness/inside.js';
import { mountAt, mountsInside, withMounts } from '../harness/mounts.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { scratch } from '../harness/scratch.js';

describeWith([root, busybox], 'bind mounts', () => {
	test('a directory, seen and written from both sides', async () => {
		const source = scratch();
		writeFileSync(join(source, 'from-host'), 'host');
		const script = 'cat /data/from-host; echo -n container > /data/from-container';
		expect(await inside(script, withMounts({ destination: '/data', source, options: ['bind'] }))).toBe('host');
		expect(readFileSync(join(source, 'from-container'), 'utf8')).toBe('container');
	});

	test('a file on a file that is made for it', async () => {
		const file = join(scratch(), 'resolv.conf');
		writeFileSync(file, 'nameserver 192.0.2.1\n');
		const mounts = withMounts({ destination: '/etc/resolv.conf', source: file, options: ['rbind', 'ro'] });
		expect(await inside('cat /etc/resolv.conf; ! echo x 2>/dev/null >> /etc/resolv.conf', mounts)).toBe(
			'nameserver 192.0.2.1',
		);
		expect(readFileSync(file, 'utf8')).toBe('nameserver 192.0.2.1\n');
	});

	test('a source that is relative to the bundle', async () => {
		const box = scriptBundle(
			'cat /data/file',
			withMounts({ destination: '/data', source: 'beside/it', options: ['bind'] }),
		);
		mkdirSync(join(box.path, 'beside/it'), { recursive: true });
		writeFileSync(join(box.path, 'beside/it/file'), 'relative');
		expect((await run(box.path)).stdout).toBe('relative');
	});

	test('a source that is a symlink of the host', async () => {
		const folder = scratch();
		mkdirSync(join(folder, 'real'));
		writeFileSync(join(folder, 'real/file'), 'followed');
		symlinkSync('real', join(folder, 'link'));
		const mount = { destination: '/data', source: join(folder, 'link'), options: ['bind'] };
		expect(await inside('cat /data/file', withMounts(mount))).toBe('followed');
	});

	test('a destination that is relative counts from the root', async () => {
		const source = scratch();
		const mounts = await mountsInside(withMounts({ destination: 'srv/data', source, options: ['bind'] }));
		expect(mountAt(mounts, '/srv/data').root).toMatch(new RegExp(`${source}$`));
	});

	test('type bind alone is a bind mount', async () => {
		const source = scratch();
		writeFileSync(join(source, 'file'), 'by type');
		expect(await inside('cat /data/file', withMounts({ destination: '/data', type: 'bind', source }))).toBe('by type');
	});

	test('the type is ignored where an option says bind', async () => {
		const source = scratch();
		writeFileSync(join(source, 'file'), 'bound');
		const mount = { destination: '/data', type: 'tmpfs', source, options: ['bind'] };
		expect(await inside('cat /data/file', withMounts(mount))).toBe('bound');
	});

	test('bind leaves out what is mounted below the source, rbind takes it along', async () => {
		using tree = hostTmpfs();
		mkdirSync(join(tree.path, 'below'));
		using below = hostTmpfs([], join(tree.path, 'below'));
		writeFileSync(join(below.path, 'file'), 'below');
		const mounts = withMounts(
			{ destination: '/one', source: tree.path, options: ['bind'] },
			{ destination: '/all', source: tree.path, options: ['rbind'] },
		);
		expect(await inside('ls /one/below; echo -; ls /all/below', mounts)).toBe('-\nfile');
	});

	test('later mounts lie in earlier ones, in the order of the list', async () => {
		const [outer, inner] = [scratch(), scratch()];
		writeFileSync(join(inner, 'file'), 'inner');
		const mounts = withMounts(
			{ destination: '/data', source: outer, options: ['bind'] },
			{ destination: '/data/inner', source: inner, options: ['bind'] },
			{ destination: '/data/inner/file', source: '/dev/null', options: ['bind'] },
		);
		expect(await inside('ls -l /data/inner/file | cut -c1', mounts)).toBe('c');
	});

	test.each([
		['', false],
		[' in a user namespace', true],
	])('a tree that earlier entries made, by the paths that the host has for it%s', async (_title, user) => {
		const folder = scratch();
		for (const name of ['a', 'b']) {
			mkdirSync(join(folder, name, 'below'), { recursive: true });
			writeFileSync(join(folder, name, 'file'), name);
		}
		// Nobody but root looks into the sources; the root file system is open to everybody.
		chmodSync(folder, 0o700);
		const { path, rootfs, config } = scriptBundle('cat /copy/file /copy/below/file');
		for (const name of ['tree', 'copy']) mkdirSync(join(rootfs, name));
		const bind = (source: string, destination: string) => ({ source, destination, options: ['rbind'] });
		config.mounts.push(
			bind(join(folder, 'a'), '/tree'),
			bind(join(folder, 'b'), '/tree/below'),
			bind(join(rootfs, 'tree'), join(rootfs, 'copy')),
		);
		if (user) {
			const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
		}
		writeFileSync(join(path, 'config.json'), JSON.stringify(config));
		expect((await run(path)).stdout).toBe('ab');
	});

	test('a bind of a directory of the container’s own root by a path of the host', async () => {
		const box = bundle((config) => {
			config.process.args = ['cat', '/again/passwd'];
			config.mounts.push({ destination: '/again', source: 'rootfs/etc', options: ['bind', 'ro'] });
		});
		expect((await run(box.path)).stdout).toMatch(/^root:/);
	});
});

describeWith([root, busybox], 'a bind mount that cannot be made', () => {
	const attempt = (mount: { destination: string; source: string }) =>
		failureOf(run(scriptBundle('true', withMounts({ ...mount, options: ['bind'] })).path));

	test('has no source', async () => {
		expect(await attempt({ destination: '/data', source: '/nonexistent/source' })).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: '/mounts/7',
			where: { file: expect.stringMatching(/config\.json$/), line: expect.any(Number) },
			errno: 'ENOENT',
			path: '/nonexistent/source',
		});
	});

	test('would put a directory on a file', async () => {
		const error = await attempt({ destination: '/etc/passwd', source: scratch() });
		expect(error).toMatchObject({ code: 'ERR_STEP_FAILED', pointer: '/mounts/7', errno: 'ENOTDIR' });
		expect(error.message).toContain('not a directory');
	});

	test('would put a file on a directory', async () => {
		const error = await attempt({ destination: '/etc', source: '/etc/passwd' });
		expect(error).toMatchObject({ code: 'ERR_STEP_FAILED', pointer: '/mounts/7' });
	});

	test('has a file where a directory on the way to its destination should be', async () => {
		const error = await attempt({ destination: '/etc/passwd/below', source: scratch() });
		expect(error).toMatchObject({ code: 'ERR_STEP_FAILED', pointer: '/mounts/7', errno: 'ENOTDIR' });
	});
});
