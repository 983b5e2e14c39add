import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { inside, run } from '../harness/inside.js';
import { mountAt, mountsInside } from '../harness/mounts.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

const describeDevices = (paths: string) => `stat -c '%n %F %t:%T %a %u:%g' ${paths}`;

function inUserNamespace(config: Config): void {
	const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
	config.linux.namespaces.push({ type: 'user' });
	Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
}

const withDevices =
	(...devices: object[]) =>
	(config: Config) => {
		config.linux['devices'] = devices;
	};

describeWith([root, busybox], 'default devices', () => {
	const paths = '/dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty';

	test('have their numbers, and are for everybody', async () => {
		expect((await inside(describeDevices(paths))).split('\n')).toEqual([
			'/dev/null character special file 1:3 666 0:0',
			'/dev/zero character special file 1:5 666 0:0',
			'/dev/full character special file 1:7 666 0:0',
			'/dev/random character special file 1:8 666 0:0',
			'/dev/urandom character special file 1:9 666 0:0',
			'/dev/tty character special file 5:0 666 0:0',
		]);
	});

	test('work', async () => {
		const script = 'echo x > /dev/null; head -c 4 /dev/zero | od -An -tx1; head -c 8 /dev/urandom | wc -c';
		expect(await inside(script)).toBe(' 00 00 00 00\n8');
	});

	test('in a user namespace are those of the host', async () => {
		const mounts = await mountsInside(inUserNamespace);
		for (const path of paths.split(' ')) expect(mountAt(mounts, path).mountPoint).toBe(path);
		expect(await inside(`${describeDevices('/dev/null')} | cut -d' ' -f2-5; echo x > /dev/null`, inUserNamespace)).toBe(
			'character special file 1:3',
		);
	});

	test('links lead to the process’s own descriptors', async () => {
		const script = 'for name in fd stdin stdout stderr core ptmx; do echo $name $(readlink /dev/$name); done';
		expect((await inside(script)).split('\n')).toEqual([
			'fd /proc/self/fd',
			'stdin /proc/self/fd/0',
			'stdout /proc/self/fd/1',
			'stderr /proc/self/fd/2',
			'core /proc/kcore',
			'ptmx pts/ptmx',
		]);
	});

	test('an image that has them is left with what it has, if it is the same', async () => {
		const box = scriptBundle('readlink /dev/fd; readlink /dev/ptmx', (config) => {
			config.mounts = config.mounts.filter(({ destination }) => destination !== '/dev');
		});
		symlinkSync('/proc/self/fd', join(box.rootfs, 'dev/fd'));
		writeFileSync(join(box.rootfs, 'dev/ptmx'), 'in the way');
		expect((await run(box.path)).stdout).toBe('/proc/self/fd\npts/ptmx\n');
	});

	test('nothing is made in a /dev that the caller binds', async () => {
		const box = scriptBundle('ls /dev', (config) => {
			config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith('/dev'));
			config.mounts.push({ destination: '/dev', source: 'mydev', options: ['rbind'] });
		});
		mkdirSync(join(box.path, 'mydev'));
		writeFileSync(join(box.path, 'mydev/only'), '');
		expect((await run(box.path)).stdout).toBe('only\n');
	});
});

describeWith([root, busybox], 'linux.devices', () => {
	test('are made with type, numbers, mode and owner', async () => {
		const output = await inside(
			describeDevices('/dev/fuse /dev/block /dev/pipe /srv/deep/null /dev/zero'),
			withDevices(
				{ path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 0o620, uid: 3, gid: 4 },
				{ path: '/dev/block', type: 'b', major: 7, minor: 99, fileMode: 0o600 },
				{ path: '/dev/pipe', type: 'p', fileMode: 0o622 },
				{ path: '/srv/deep/null', type: 'u', major: 1, minor: 3 },
				{ path: '/dev/zero', type: 'c', major: 1, minor: 5, fileMode: 0o644 },
			),
		);
		expect(output.split('\n')).toEqual([
			'/dev/fuse character special file a:e5 620 3:4',
			'/dev/block block special file 7:63 600 0:0',
			'/dev/pipe fifo 0:0 622 0:0',
			'/srv/deep/null character special file 1:3 666 0:0',
			'/dev/zero character special file 1:5 644 0:0',
		]);
	});

	test('the mode does not depend on the caller’s mask', async () => {
		const mask = process.umask(0o077);
		try {
			const devices = withDevices({ path: '/dev/mine', type: 'c', major: 1, minor: 3, fileMode: 0o666 });
			expect(await inside('stat -c %a /dev/mine /dev/null', devices)).toBe('666\n666');
		} finally {
			process.umask(mask);
		}
	});

	test('in a user namespace are bound from the host, by their path', async () => {
		const mounts = await mountsInside((config) => {
			inUserNamespace(config);
			withDevices({ path: '/dev/kmsg', type: 'c', major: 1, minor: 11 })(config);
		});
		expect(mountAt(mounts, '/dev/kmsg').root).toBe('/kmsg');
	});

	test('one that the image has as something else is an error, not a device', async () => {
		const box = scriptBundle('true', (config) => {
			config.root.readonly = false;
			withDevices({ path: '/etc/passwd', type: 'c', major: 1, minor: 3 })(config);
		});
		expect(await failureOf(run(box.path))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: '/linux/devices/0',
			errno: 'EEXIST',
		});
	});

	test('one that the host has not cannot be bound in a user namespace', async () => {
		const box = scriptBundle('true', (config) => {
			inUserNamespace(config);
			withDevices({ path: '/dev/nosuchdevice', type: 'c', major: 10, minor: 250 })(config);
		});
		expect(await failureOf(run(box.path))).toMatchObject({
			code: 'ERR_STEP_FAILED',
			pointer: '/linux/devices/0',
			errno: 'ENOENT',
			path: '/dev/nosuchdevice',
		});
	});
});
