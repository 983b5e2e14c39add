import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { hostMount } from '../harness/host-mounts.js';
import { run } from '../harness/inside.js';
import { loopDevice, loopDevices, programs } from '../harness/loop-device.js';
import { mapsIds } from '../harness/mapped-ids.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { scratch } from '../harness/scratch.js';
import { staticCompiler } from '../harness/static-program.js';

const mapping = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
const mebibyte = 1 << 20;

const fileSystem = (type: string): Requirement => ({
	what: `a kernel with ${type}`,
	met: () => new RegExp(`\\t${type}$`, 'm').test(readFileSync('/proc/filesystems', 'utf8')),
});

/** A file of 1:2 in a directory of the host's root. */
function fill(directory: string): string {
	writeFileSync(join(directory, 'file'), '');
	chownSync(join(directory, 'file'), 1, 2);
	return directory;
}

function boxOf(source: string, script: string): string {
	const edit = (config: Config) => {
		config.mounts.push({ destination: '/data', source, options: ['rbind', 'idmap'] });
		config.linux.namespaces.push({ type: 'user' });
		Object.assign(config.linux, { uidMappings: mapping, gidMappings: mapping });
	};
	const made = scriptBundle(script, edit);
	mkdirSync(join(made.rootfs, 'data'));
	return made.path;
}

/** The container sees the owners of the disk, where the kernel maps ids of this type; where it does not, the error says so. */
async function expectMapped(source: string, writable: boolean): Promise<void> {
	const script = `stat -c %u:%g /data/file; ${writable ? 'touch /data/new' : 'true'}`;
	const box = boxOf(source, script);
	if (mapsIds(source)) {
		expect(await run(box)).toMatchObject({ stdout: '1:2\n', stderr: '', exit: { code: 0 } });
		if (writable) expect(statSync(join(source, 'new'))).toMatchObject({ uid: 0, gid: 0 });
	} else {
		expect(await failureOf(run(box))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			syscall: 'mount_setattr',
			errno: 'EINVAL',
			pointer: expect.stringMatching(/^\/mounts\/\d+\/source$/),
			hint: expect.stringContaining('cannot map ids in this kernel'),
		});
		expect(existsSync(join(source, 'new'))).toBe(false);
	}
}

/** What can be written to: with how the file system is made, and how large it has to be. */
const disks: [string, string[], number][] = [
	['ext4', ['mkfs.ext4', '-q'], 8 * mebibyte],
	['xfs', ['mkfs.xfs', '-q', '-f'], 320 * mebibyte],
	['btrfs', ['mkfs.btrfs', '-q', '-f'], 128 * mebibyte],
	['f2fs', ['mkfs.f2fs', '-q', '-f'], 64 * mebibyte],
];

describe.each(disks)('%s with mapped ids', (type, make, size) => {
	const [program = ''] = make;
	describeWith([root, busybox, staticCompiler, fileSystem(type), loopDevices, programs(program)], type, () => {
		test('has the owners of the disk in the container, and what that makes is root’s', async () => {
			using device = loopDevice(make, size);
			using mount = hostMount(['-t', type, device.path]);
			await expectMapped(fill(mount.path), true);
		});
	});
});

describeWith(
	[root, busybox, staticCompiler, fileSystem('vfat'), loopDevices, programs('mkfs.vfat')],
	'vfat with mapped ids',
	() => {
		test('has the one owner it was mounted with', async () => {
			using device = loopDevice(['mkfs.vfat'], 8 * mebibyte);
			using mount = hostMount(['-t', 'vfat', '-o', 'uid=1,gid=2', device.path]);
			writeFileSync(join(mount.path, 'file'), '');
			await expectMapped(mount.path, false);
		});
	},
);

/** Images that are made of a directory, and only read after that. */
const images: [string, string, (image: string, directory: string) => string[]][] = [
	['erofs', 'mkfs.erofs', (image, directory) => [image, directory]],
	['squashfs', 'mksquashfs', (image, directory) => [directory, image, '-noappend', '-no-progress']],
];

describe.each(images)('%s with mapped ids', (type, program, words) => {
	describeWith([root, busybox, staticCompiler, fileSystem(type), loopDevices, programs(program)], type, () => {
		test('has the owners of the image in the container', async () => {
			const image = join(scratch('image'), 'image');
			execFileSync(program, words(image, fill(scratch('source'))), { stdio: 'ignore' });
			using mount = hostMount(['-t', type, '-o', 'loop,ro', image]);
			await expectMapped(mount.path, false);
		});
	});
});

const inMemory: [string, () => string[]][] = [
	['tmpfs', () => ['-t', 'tmpfs', 'tmpfs']],
	['ramfs', () => ['-t', 'ramfs', 'ramfs']],
	['overlay', () => ['-t', 'overlay', '-o', layers(), 'overlay']],
];

/** Of a file system that has extended attributes; the upper layer cannot be an overlay again. */
function layers(): string {
	const names = ['lower', 'upper', 'work'];
	const folder = scratch('layers');
	for (const name of names) mkdirSync(join(folder, name));
	return names.map((name) => `${name}dir=${join(folder, name)}`).join(',');
}

describe.each(inMemory)('%s with mapped ids', (type, options) => {
	describeWith([root, busybox, staticCompiler, fileSystem(type)], type, () => {
		test('has the owners of the host in the container, and what that makes is root’s', async () => {
			using mount = hostMount(options());
			await expectMapped(fill(mount.path), true);
		});
	});
});
