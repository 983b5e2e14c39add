import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { hostMount } from '../harness/host-mounts.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { recordedContainers } from '../harness/state-root.js';

/** What the library and the command line say of a bundle that no container can be made of. Both leave nothing. */
async function refusal(path: string): Promise<{ error: Awaited<ReturnType<typeof failureOf>>; stderr: string }> {
	const error = await failureOf(newRuntime().create(containerId(), path, { stdio: 'ignore' }));
	expect(recordedContainers()).toEqual([]);
	const results = [];
	for (const verb of ['create', 'run']) results.push(await tsrun([verb, '--bundle', path, containerId()]));
	for (const { status, stdout } of results) expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
	expect(recordedContainers()).toEqual([]);
	return { error, stderr: results.map(({ stderr }) => stderr).join('') };
}

const edited = (edit: (config: Config) => void) => bundle(edit, 'empty').path;

describeWith([root], 'a bundle', () => {
	test('that is not there', async () => {
		const { error, stderr } = await refusal('/nonexistent/bundle');
		expect(error).toMatchObject({ code: 'ERR_BUNDLE', errno: 'ENOENT', path: expect.stringContaining('/nonexistent') });
		expect(stderr).toContain('/nonexistent/bundle');
	});

	test('that is a file', async () => {
		const path = join(scratch(), 'file');
		writeFileSync(path, '');
		expect((await refusal(path)).error).toMatchObject({ code: 'ERR_BUNDLE', errno: 'ENOTDIR' });
	});

	test('without config.json', async () => {
		const path = scratch();
		expect((await refusal(path)).error).toMatchObject({
			code: 'ERR_BUNDLE',
			errno: 'ENOENT',
			path: join(path, 'config.json'),
		});
	});

	test('whose config.json is a directory', async () => {
		const path = scratch();
		mkdirSync(join(path, 'config.json'));
		const { error, stderr } = await refusal(path);
		expect(error).toMatchObject({ code: 'ERR_BUNDLE', path: join(path, 'config.json') });
		expect(stderr).toContain('not a regular file');
	});

	test('whose config.json is a fifo: nobody waits for its other end', async () => {
		const path = scratch();
		execFileSync('mkfifo', [join(path, 'config.json')]);
		expect((await refusal(path)).error).toMatchObject({ code: 'ERR_BUNDLE' });
	});

	test('whose config.json is a link that leads in a circle', async () => {
		const path = scratch();
		symlinkSync('config.json', join(path, 'config.json'));
		expect((await refusal(path)).error).toMatchObject({ code: 'ERR_BUNDLE', errno: 'ELOOP' });
	});

	test.each([
		['empty', ''],
		['cut off', '{"ociVersion": "1.3.0",\n\t"root": {'],
		['not JSON', '{"ociVersion": "1.3.0",\n\troot: {}}'],
		['binary', '\u0000\u0001\u0002'],
	])('whose config.json is %s', async (_, contents) => {
		const path = scratch();
		writeFileSync(join(path, 'config.json'), contents);
		const { error, stderr } = await refusal(path);
		expect(error).toMatchObject({
			code: 'ERR_CONFIG_SYNTAX',
			where: { file: join(path, 'config.json'), line: expect.any(Number), column: expect.any(Number) },
		});
		expect(stderr).toMatch(/config\.json:\d+:\d+/);
	});

	test('with wrong types: each of them is named with its place', async () => {
		const path = edited((config) => {
			Object.assign(config.process, { args: 'sh', user: { uid: 'root', gid: 0 } });
			Object.assign(config.linux, { maskedPaths: { '/proc/kcore': true } });
		});
		const { error, stderr } = await refusal(path);
		expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID' });
		for (const pointer of ['/process/args', '/process/user/uid', '/linux/maskedPaths']) {
			expect(error.message).toContain(pointer);
			expect(stderr).toContain(pointer);
		}
	});

	test('without a root file system', async () => {
		const { path, rootfs } = bundle(undefined, 'empty');
		rmSync(rootfs, { recursive: true });
		const { error, stderr } = await refusal(path);
		expect(error).toMatchObject({ errno: 'ENOENT', path: rootfs, pointer: '/root/path' });
		expect(stderr).toContain(rootfs);
	});

	test('whose root file system is a file', async () => {
		const { path, rootfs } = bundle(undefined, 'empty');
		rmSync(rootfs, { recursive: true });
		writeFileSync(rootfs, '');
		expect((await refusal(path)).error).toMatchObject({ errno: 'ENOTDIR', pointer: '/root/path' });
	});

	test('whose root file system is empty: there is no program', async () => {
		expect((await refusal(edited(() => {}))).error).toMatchObject({
			code: 'ERR_EXECUTABLE',
			errno: 'ENOENT',
			pointer: '/process/args/0',
		});
	});

	test('with a user that has no mapping', async () => {
		const path = edited((config) => {
			const mappings = [{ containerID: 0, hostID: 100000, size: 10 }];
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
			config.process.user.uid = 5000;
		});
		expect((await refusal(path)).error).toMatchObject({
			code: 'ERR_CONFIG_INVALID',
			pointer: '/process/user/uid',
			where: { line: expect.any(Number) },
		});
	});
});

describeWith([root], 'an id that cannot be used', () => {
	test.each(['', '.', '..', 'a/b', '../x', 'a b', 'a\nb', 'ä', 'x'.repeat(256)])('%j', async (id) => {
		const path = edited(() => {});
		const error = await failureOf(newRuntime().create(id, path, { stdio: 'ignore' }));
		expect(error).toMatchObject({
			code: 'ERR_ID_INVALID',
			message: expect.stringContaining('invalid container ID format'),
		});
		for (const words of [
			['create', '--bundle', path],
			['state'],
			['start'],
			['kill'],
			['delete'],
			['delete', '--force'],
		]) {
			const { status, stderr } = await tsrun([...words, '--', id]);
			expect([words, status, stderr]).toEqual([words, 1, expect.stringMatching(/container id/i)]);
		}
	});
});

describeWith([root], 'a container that does not exist', () => {
	test.each([['state'], ['start'], ['kill'], ['delete'], ['pause'], ['resume'], ['ps'], ['exec']])(
		'%s',
		async (verb) => {
			const words = verb === 'exec' ? ['exec', 'nosuch', 'true'] : [verb, 'nosuch'];
			const { status, stdout, stderr } = await tsrun(words);
			expect({ status, stdout }).toEqual({ status: verb === 'exec' ? 255 : 1, stdout: '' });
			expect(stderr).toContain('container does not exist');
		},
	);

	test('delete --force of it is no error', async () => {
		expect(await tsrun(['delete', '--force', 'nosuch'])).toMatchObject({ status: 0, stdout: '', stderr: '' });
	});
});

describeWith([root, busybox], 'a state root', () => {
	const attempt = (stateRoot: string) => {
		const { path } = scriptBundle('true');
		return failureOf(newRuntime({ root: stateRoot }).create(containerId(), path, { stdio: 'ignore' }));
	};

	test('on a full disk: an error, and nothing is left', async () => {
		using disk = hostMount(['-t', 'tmpfs', '-o', 'size=16k,mode=700', 'tmpfs']);
		execFileSync('sh', ['-c', 'head -c 100000 /dev/zero > filler 2>/dev/null; true'], { cwd: disk.path });
		const error = await attempt(disk.path);
		expect(error).toMatchObject({ errno: 'ENOSPC', path: expect.stringContaining(disk.path) });
		expect(readdirSync(disk.path)).toEqual(['filler']);
	});

	test('that becomes full on the way, at any file: nothing is left', async () => {
		for (const inodes of [2, 3, 4, 5, 6]) {
			using disk = hostMount(['-t', 'tmpfs', '-o', `nr_inodes=${inodes},mode=700`, 'tmpfs']);
			const { path } = scriptBundle('true');
			const runtime = newRuntime({ root: disk.path });
			const [result] = await Promise.allSettled([runtime.create(containerId(), path, { stdio: 'ignore' })]);
			if (result.status === 'fulfilled') {
				await result.value.delete();
			} else {
				expect(result.reason).toMatchObject({ errno: 'ENOSPC' });
			}
			expect([inodes, readdirSync(disk.path)]).toEqual([inodes, []]);
		}
	});

	test('that is read-only', async () => {
		using disk = hostMount(['-t', 'tmpfs', '-o', 'ro,mode=700', 'tmpfs']);
		expect(await attempt(disk.path)).toMatchObject({ errno: 'EROFS', path: expect.stringContaining(disk.path) });
		expect(await attempt(join(disk.path, 'below'))).toMatchObject({ code: 'ERR_STATE_ROOT', errno: 'EROFS' });
	});

	test('that is a file', async () => {
		const path = join(scratch(), 'file');
		writeFileSync(path, '');
		expect(await attempt(path)).toMatchObject({ code: 'ERR_STATE_ROOT' });
	});

	test('that others may write to', async () => {
		const path = scratch();
		chmodSync(path, 0o777);
		expect(await attempt(path)).toMatchObject({ code: 'ERR_STATE_ROOT', path });
	});

	test('that is missing is made, private', async () => {
		const path = join(scratch(), 'new/root');
		await using container = await newRuntime({ root: path }).create(containerId(), scriptBundle('true').path, {
			stdio: 'ignore',
		});
		expect(statSync(path).mode & 0o777).toBe(0o700);
		await container.delete();
		expect(readdirSync(path)).toEqual([]);
	});
});

describeWith([root, busybox], 'a file for the pid', () => {
	test('that cannot be written takes the container back', async () => {
		const { path } = scriptBundle('true');
		const pidFile = '/nonexistent/folder/pid';
		const error = await failureOf(newRuntime().create(containerId(), path, { stdio: 'ignore', pidFile }));
		expect(error).toMatchObject({ errno: 'ENOENT', path: expect.stringContaining('/nonexistent/folder') });
		expect(recordedContainers()).toEqual([]);
		expect(existsSync('/nonexistent')).toBe(false);
	});
});
