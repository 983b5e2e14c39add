import { chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { scriptBundle } from '../harness/bundle.js';
import type { Config, ConfigMount } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { hostTmpfs } from '../harness/host-mounts.js';
import { newRuntime, run } from '../harness/inside.js';
import { idMappedScratch, idMappedTmpfs } from '../harness/mapped-ids.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

const mapping = (containerID: number, hostID: number, size: number) => [{ containerID, hostID, size }];
const shift = { uidMappings: mapping(0, 100_000, 65_536), gidMappings: mapping(0, 100_000, 65_536) };

const withUserNamespace = (config: Config) => {
	config.linux.namespaces.push({ type: 'user' });
	Object.assign(config.linux, shift);
};

/** A directory with a file of 1:2, and one in a directory below it. */
function source(): string {
	const path = scratch('source');
	mkdirSync(join(path, 'below'));
	for (const file of ['file', 'below/file']) {
		writeFileSync(join(path, file), '');
		chownSync(join(path, file), 1, 2);
	}
	return path;
}

const show = 'cd /data; for file in . file below/file; do stat -c "%n %u:%g" $file; done';

function box(mount: Partial<ConfigMount>, edit: (config: Config) => void = () => {}, script = show) {
	const made = scriptBundle(script, (config) => {
		config.mounts.push({ destination: '/data', type: 'bind', options: ['rbind', 'idmap'], ...mount });
		edit(config);
	});
	mkdirSync(join(made.rootfs, 'data'));
	return made;
}

describeWith([root, busybox, idMappedScratch], 'a mount with mapped ids', () => {
	test('by mappings of its own', async () => {
		expect(await run(box({ source: source(), ...shift }).path)).toMatchObject({
			stdout: '. 100000:100000\nfile 100001:100002\nbelow/file 100001:100002\n',
			stderr: '',
		});
	});

	test('by the mappings of the container: what root of the machine owns is its root’s', async () => {
		const path = source();
		const outcome = await run(box({ source: path }, withUserNamespace, `${show}; touch new`).path);
		expect(outcome).toMatchObject({ stdout: '. 0:0\nfile 1:2\nbelow/file 1:2\n', stderr: '' });
		const { uid, gid } = statSync(join(path, 'new'));
		expect([uid, gid]).toEqual([0, 0]);
	});

	test('is seen so by a process of exec', async () => {
		const { path } = box({ source: source() }, withUserNamespace, 'exec sleep 600');
		await using container = await newRuntime().create(containerId(), path, { stdio: 'ignore' });
		await container.start();
		const process = await container.exec(['stat', '-c', '%u:%g', '/data/file'], { stdio: 'pipe' });
		expect(process.stdout === null ? '' : await text(process.stdout)).toBe('1:2\n');
		expect(await process.wait()).toEqual({ code: 0, signal: null });
		await container.kill(9);
	});

	test('stores no id that the mappings lack', async () => {
		const one = { uidMappings: mapping(0, 100_000, 1), gidMappings: mapping(0, 100_000, 1) };
		const { stdout, stderr } = await run(
			box({ source: source(), ...one }, () => {}, 'stat -c %u /data/file; touch /data/new').path,
		);
		expect(stdout).toBe('65534\n');
		expect(stderr).toContain('Value too large');
	});
});

describeWith([root, busybox, idMappedScratch, idMappedTmpfs], 'a tree of mounts', () => {
	test.each([
		['idmap', '0:0'],
		['ridmap', '100000:100000'],
	])('%s: what is mounted below is of %s', async (option, owner) => {
		const path = source();
		using _below = hostTmpfs([], join(path, 'below'));
		const script = 'stat -c %u:%g /data /data/below';
		const { path: bundle } = box({ source: path, options: ['rbind', option], ...shift }, () => {}, script);
		expect(await run(bundle)).toMatchObject({ stdout: `100000:100000\n${owner}\n`, stderr: '' });
	});
});

describeWith([root, busybox], 'a file system that cannot map ids', () => {
	test('is an error that says so', async () => {
		const error = await failureOf(run(box({ source: '/proc/sys' }, withUserNamespace).path));
		expect(error).toMatchObject({
			code: 'ERR_STEP_FAILED',
			message: expect.stringContaining('cannot map the ids of /proc/sys'),
			pointer: expect.stringMatching(/^\/mounts\/\d+\/source$/),
			syscall: 'mount_setattr',
			errno: 'EINVAL',
			hint: expect.stringContaining('cannot map ids in this kernel'),
		});
	});
});
