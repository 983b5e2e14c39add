import {
	chmodSync,
	existsSync,
	lchownSync,
	linkSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { counted, countingBundle, countsOn, criu, criuProgram, savedCounting } from '../harness/criu.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';
import { Target } from '../harness/target.js';

const quiet = { stdio: 'ignore' } as const;

// CVE-2026-50195, CVE-2026-53489 and CVE-2026-53492: a checkpoint from somewhere else brought links in place of logs, and
// hooks, devices and mounts with it.
describeWith([root, busybox, criu], 'CVE-2026-50195, CVE-2026-53492: links in a directory of images', () => {
	test('a link in place of a log is removed, and what it leads to is not written', async () => {
		const runtime = newRuntime();
		const bundle = countingBundle();
		const target = new Target(['dump.log', 'restore.log', 'descriptors']);
		const images = scratch('images');
		symlinkSync(join(target.path, 'dump.log'), join(images, 'dump.log'));
		linkSync(join(target.path, 'restore.log'), join(images, 'restore.log'));
		symlinkSync(join(target.path, 'descriptors'), join(images, 'descriptors.json'));
		const first = await runtime.run(containerId(), bundle.path, quiet);
		await counted(bundle);
		await first.checkpoint(images);
		await using _second = await runtime.restore(containerId(), bundle.path, images, quiet);
		for (const name of ['dump.log', 'restore.log', 'descriptors.json']) {
			expect([name, lstatSync(join(images, name)).isFile()]).toEqual([name, true]);
		}
		rmSync(join(images, 'restore.log'));
		// The hard link has gone from the number of links, and nothing else.
		expect(readFileSync(join(target.path, 'restore.log'), 'utf8')).toBe('untouched');
		target.expectUntouched();
	});

	test('a link in place of the descriptors is not read', async () => {
		const { runtime, bundle, images } = await savedCounting();
		const elsewhere = join(scratch(), 'names');
		renameSync(join(images, 'descriptors.json'), elsewhere);
		symlinkSync(elsewhere, join(images, 'descriptors.json'));
		const error = await failureOf(runtime.restore(containerId(), bundle.path, images, quiet));
		expect(error).toMatchObject({ code: 'ERR_CHECKPOINT', errno: 'ELOOP', path: join(images, 'descriptors.json') });
	});

	test.each([
		['no list', '{"0": "pipe:[1]"}'],
		['no texts', '[1, 2, 3]'],
		['no JSON', '["pipe:[1]"'],
		['an endless one', `["${'x'.repeat(1 << 20)}"]`],
	])('descriptors that are %s', async (_, text) => {
		const { runtime, bundle, images } = await savedCounting();
		writeFileSync(join(images, 'descriptors.json'), text);
		const error = await failureOf(runtime.restore(containerId(), bundle.path, images, quiet));
		expect(error).toMatchObject({ code: 'ERR_CHECKPOINT', path: join(images, 'descriptors.json') });
	});

	test('names of descriptors that are none choose nothing', async () => {
		const { runtime, bundle, images, count } = await savedCounting();
		const names = ['extRootNetNS', '/etc/shadow', 'socket:[1]', 'pipe:[1]', 'file[../x:1]'];
		writeFileSync(join(images, 'descriptors.json'), JSON.stringify(names));
		// With what had been outside now missing, CRIU refuses, or the descriptors were none of these.
		const attempt = runtime.restore(containerId(), bundle.path, images, quiet);
		const outcome = await attempt.catch((error: unknown) => error);
		if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'ERR_CRIU' });
		else {
			await using container = outcome as Awaited<typeof attempt>;
			await countsOn(bundle, count);
			expect((await container.state()).status).toBe('running');
		}
	});
});

describeWith([root, busybox, criu], 'CVE-2026-53489: what a directory of images says of a container', () => {
	test('hooks, mounts and annotations beside the images are not looked at', async () => {
		const { runtime, bundle, images, count } = await savedCounting();
		const told = join(scratch(), 'told');
		const config = JSON.parse(readFileSync(join(bundle.path, 'config.json'), 'utf8'));
		config.hooks = { createRuntime: [{ path: '/bin/sh', args: ['sh', '-c', `echo hook >${told}`] }] };
		config.mounts.push({ destination: '/host', source: '/etc', options: ['bind'] });
		config.annotations = { 'org.criu.config': '/etc/criu/of-the-image.conf' };
		for (const name of ['config.json', 'spec.dump', 'config.dump']) {
			writeFileSync(join(images, name), JSON.stringify(config));
		}
		await using second = await runtime.restore(containerId(), bundle.path, images, quiet);
		await countsOn(bundle, count);
		expect(existsSync(told)).toBe(false);
		expect((await second.state()).annotations).toBeUndefined();
		const look = await second.exec(['test', '-e', '/host/passwd'], quiet);
		expect((await look.wait()).code).toBe(1);
	});
});

describeWith([root, busybox], 'CVE-2026-53488: an annotation that names a file for CRIU', () => {
	test.each(['/tmp/criu.conf', 'criu.conf', '/etc/criu/../../tmp/criu.conf', '/etc/criu'])('%s', async (file) => {
		const bundle = countingBundle((config) => {
			config.annotations = { 'org.criu.config': file };
		});
		const folder = scratch('path');
		// It says that it is 4.1, and is asked for no more.
		const answer = '\\010\\012\\020\\001\\122\\004\\010\\004\\020\\001';
		const script = `#!/bin/sh\n/bin/dd bs=64 count=1 <&3 >/dev/null 2>&1; printf '${answer}' >&3\n/bin/dd bs=64 count=1 <&3 >${folder}/asked\n`;
		writeFileSync(join(folder, 'criu'), script, { mode: 0o755 });
		await using container = await newRuntime({ env: { PATH: folder } }).run(containerId(), bundle.path, quiet);
		expect(await failureOf(container.checkpoint(scratch('images')))).toMatchObject({
			code: 'ERR_CONFIG_INVALID',
			pointer: '/annotations/org.criu.config',
		});
	});
});

describeWith([root, busybox, criu], 'the root file system of a container that is restored', () => {
	test.each(['absolute', 'climbing'])('an %s symlink at a mount point leads nowhere outside', async (kind) => {
		const target = new Target();
		const volume = scratch('volume');
		writeFileSync(join(volume, 'of-the-volume'), '');
		const { runtime, bundle, images } = await savedCounting((config) => {
			config.mounts.push({ destination: '/volume/deep', source: volume, options: ['bind'] });
		});
		rmSync(join(bundle.rootfs, 'volume'), { recursive: true });
		const out = kind === 'absolute' ? target.path : `${'../'.repeat(30)}${target.path.slice(1)}`;
		symlinkSync(out, join(bundle.rootfs, 'volume'));
		const before = readFileSync('/proc/self/mountinfo', 'utf8');
		const outcome = await runtime
			.restore(containerId(), bundle.path, images, quiet)
			.then((container) => container[Symbol.asyncDispose]())
			.catch((error: unknown) => error);
		// The place that was saved is another one now: CRIU may refuse.
		if (outcome !== undefined) expect(outcome).toMatchObject({ code: 'ERR_CRIU' });
		target.expectUntouched();
		expect(readdirSync(target.path).sort()).toEqual(['file', 'folder']);
		expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(before);
	});
});

describeWith([root, busybox, criuProgram], 'a directory of images that is not private', () => {
	const paths = (path: string) => [{ imagePath: path }, { imagePath: scratch('images'), workPath: path }];

	test.each([0o777, 0o1777, 0o703, 0o757])('mode %o', async (mode) => {
		const runtime = newRuntime();
		const bundle = countingBundle();
		const open = scratch('open');
		chmodSync(open, mode);
		await using first = await runtime.run(containerId(), bundle.path, quiet);
		for (const { imagePath, ...options } of paths(open)) {
			expect(await failureOf(first.checkpoint(imagePath, options))).toMatchObject({
				code: 'ERR_CHECKPOINT',
				path: open,
				hint: expect.stringContaining('chmod'),
			});
		}
		expect(await failureOf(runtime.restore(containerId(), bundle.path, open, quiet))).toMatchObject({
			code: 'ERR_CHECKPOINT',
		});
		expect(readdirSync(open)).toEqual([]);
		expect((await first.state()).status).toBe('running');
	});

	test('a link to one', async () => {
		const runtime = newRuntime();
		const bundle = countingBundle();
		const link = join(scratch(), 'link');
		const real = scratch('real');
		symlinkSync(real, link);
		await using first = await runtime.run(containerId(), bundle.path, quiet);
		expect(await failureOf(first.checkpoint(link))).toMatchObject({ code: 'ERR_CHECKPOINT', path: link });
		expect(await failureOf(runtime.restore(containerId(), bundle.path, link, quiet))).toMatchObject({
			code: 'ERR_CHECKPOINT',
		});
		expect(readdirSync(real)).toEqual([]);
	});

	test('a link of somebody else to the directory of the logs', async () => {
		const runtime = newRuntime();
		const bundle = countingBundle();
		const link = join(scratch(), 'link');
		const real = scratch('real');
		symlinkSync(real, link);
		lchownSync(link, 1000, 1000);
		await using first = await runtime.run(containerId(), bundle.path, quiet);
		expect(await failureOf(first.checkpoint(scratch('images'), { workPath: link }))).toMatchObject({
			code: 'ERR_CHECKPOINT',
			path: link,
		});
		expect(readdirSync(real)).toEqual([]);
	});
});

describeWith([root, busybox], 'where criu is looked for', () => {
	test('not in the current directory, whatever PATH says', async () => {
		const folder = scratch('current');
		const told = join(folder, 'told');
		writeFileSync(join(folder, 'criu'), `#!/bin/sh\necho ran >${told}\n`, { mode: 0o755 });
		mkdirSync(join(folder, 'bin'));
		writeFileSync(join(folder, 'bin/criu'), `#!/bin/sh\necho ran >${told}\n`, { mode: 0o755 });
		const bundle = countingBundle();
		const here = process.cwd();
		process.chdir(folder);
		try {
			for (const PATH of [`:${folder}/none`, `.:${folder}/none`, `bin:${folder}/none`]) {
				const runtime = newRuntime({ env: { PATH } });
				await using first = await runtime.run(containerId(), bundle.path, quiet);
				expect((await failureOf(first.checkpoint(scratch('images')))).message).toMatch(/^criu is not installed/);
			}
		} finally {
			process.chdir(here);
		}
		expect(existsSync(told)).toBe(false);
	});
});
