import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../harness/config.js';
import { type Failing, failing, inUserNamespace, without } from '../harness/hinted.js';
import { hostTmpfs } from '../harness/host-mounts.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { scratch } from '../harness/scratch.js';

const mounting = (mount: Config['mounts'][number], more: (config: Config) => void = () => {}): Failing => ({
	edit: (config) => {
		config.root.readonly = false;
		config.mounts.push(mount);
		more(config);
	},
});

describeWith([root, busybox], 'the hint for a mount', () => {
	test.each<[string, Failing, string]>([
		[
			'of an unknown type',
			mounting({ destination: '/x', type: 'nofs', source: 'x' }),
			'This kernel does not know the file system type',
		],
		[
			'whose source is missing',
			mounting({ destination: '/x', type: 'bind', source: '/no/such', options: ['bind'] }),
			'The source of a bind mount has to be there before',
		],
		[
			'of a directory on a file',
			mounting({ destination: '/etc/passwd', type: 'bind', source: '/tmp', options: ['bind'] }),
			'A directory can be bound only to a directory',
		],
		[
			'of sysfs without a network namespace',
			{
				edit: (config) => {
					inUserNamespace(config);
					without(config, 'network');
				},
			},
			'sysfs can be mounted only with a new network namespace',
		],
		[
			'of proc without a pid namespace',
			{
				edit: (config) => {
					inUserNamespace(config);
					without(config, 'pid');
				},
			},
			'proc can be mounted only with a new pid namespace',
		],
		[
			'with mapped ids of a file system that has none',
			{
				edit: (config) => {
					const mappings = [{ containerID: 0, hostID: 1000, size: 1 }];
					config.mounts.push({
						destination: '/sys/x',
						type: 'bind',
						source: '/proc/self',
						options: ['bind', 'idmap'],
						uidMappings: mappings,
						gidMappings: mappings,
					});
				},
			},
			'The file system of the source, or with ridmap one mounted below it, cannot map ids',
		],
	])('%s', async (_, cause, phrase) => {
		const { hint, errno, pointer, where } = await failing(cause);
		expect(hint).toContain(phrase);
		expect(errno).toMatch(/^E[A-Z0-9]+$/);
		expect(pointer).toMatch(/^\/(mounts|linux)/);
		expect(where).toMatchObject({ line: expect.any(Number) });
	});

	test('of layers that lie in each other', async () => {
		const upper = scratch('upper');
		mkdirSync(join(upper, 'work'));
		const options = [`lowerdir=${scratch('lower')}`, `upperdir=${upper}`, `workdir=${upper}/work`];
		const { hint } = await failing(mounting({ destination: '/x', type: 'overlay', source: 'overlay', options }));
		expect(hint).toContain('Overlay wants existing lowerdir, upperdir and workdir');
	});

	test('of a file system that the host has to mount', async () => {
		const cause = mounting({ destination: '/x', type: 'ext4', source: '/dev/null' }, inUserNamespace);
		const { hint } = await failing({ ...cause, change: (rootfs) => mkdirSync(join(rootfs, 'x')) });
		expect(hint).toContain('A user namespace may mount only a few types');
	});

	test('at a place that an image has made a link', async () => {
		const { hint } = await failing({
			change: (rootfs) => {
				rmSync(join(rootfs, 'proc'), { recursive: true, force: true });
				symlinkSync('/tmp', join(rootfs, 'proc'));
			},
		});
		expect(hint).toContain('something else stands there');
	});

	test('at a place that neither is there nor may be made', async () => {
		const cause = mounting({ destination: '/new/place', type: 'tmpfs', source: 'tmpfs' }, inUserNamespace);
		expect((await failing(cause)).hint).toContain(
			'The place is not in the image, and root of the user namespace may not write there',
		);
	});

	test('in a root file system that is mounted read-only', async () => {
		using mounted = hostTmpfs();
		const { hint } = await failing({
			edit: (config) => {
				config.root.path = mounted.path;
				execFileSync('mount', ['-o', 'remount,ro', mounted.path]);
			},
		});
		expect(hint).toContain('The root file system is mounted read-only, and what is asked for is not in it');
	});
});

describeWith([root, busybox], 'the hint for a root file system', () => {
	test('that is missing', async () => {
		const { hint, pointer } = await failing({ change: (rootfs) => rmSync(rootfs, { recursive: true }) });
		expect({ hint, pointer }).toEqual({
			hint: expect.stringContaining('unpack an image into root.path'),
			pointer: '/root/path',
		});
	});

	test('that is a file', async () => {
		const { hint } = await failing({
			change: (rootfs) => {
				rmSync(rootfs, { recursive: true });
				writeFileSync(rootfs, '');
			},
		});
		expect(hint).toContain('The root file system has to be a directory that is there');
	});

	test('below a directory that root of the container may not enter', async () => {
		const closed = scratch('closed');
		const { hint } = await failing({
			edit: (config) => {
				inUserNamespace(config);
				mkdirSync(join(closed, 'rootfs'));
				chmodSync(closed, 0o700);
				config.root.path = join(closed, 'rootfs');
			},
		});
		expect(hint).toContain('Root of the container, a plain user of this machine, has to be let through');
	});
});
