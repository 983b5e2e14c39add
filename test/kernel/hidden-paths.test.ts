import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { inside, run } from '../harness/inside.js';
import { mountAt, mountsInside } from '../harness/mounts.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

const hiding = (maskedPaths: string[], readonlyPaths: string[]) => (config: Config) =>
	void Object.assign(config.linux, { maskedPaths, readonlyPaths });

describeWith([root, busybox], 'maskedPaths', () => {
	test('a file reads as empty, and takes what is written without keeping it', async () => {
		const script = 'cat /proc/keys; wc -c < /proc/keys; stat -c %F:%t:%T /proc/keys';
		expect(await inside(script, hiding(['/proc/keys'], []))).toBe('0\ncharacter special file:1:3');
	});

	test('a directory is empty, and nothing can be put in it', async () => {
		const script =
			'ls -a /sys/firmware /secrets; ! touch /secrets/new 2>/dev/null; ! mkdir /sys/firmware/new 2>/dev/null';
		const box = scriptBundle(script, hiding(['/sys/firmware', '/secrets'], []));
		mkdirSync(join(box.rootfs, 'secrets'));
		writeFileSync(join(box.rootfs, 'secrets/key'), 'secret');
		expect(await run(box.path)).toMatchObject({
			stdout: '/secrets:\n.\n..\n\n/sys/firmware:\n.\n..\n',
			stderr: '',
			exit: { code: 0 },
		});
	});

	test('the directory over it is read-only, and of no use to a program', async () => {
		const mounts = await mountsInside(hiding(['/sys/firmware'], []));
		expect(mountAt(mounts, '/sys/firmware')).toMatchObject({
			type: 'tmpfs',
			options: expect.arrayContaining(['ro', 'nosuid', 'nodev', 'noexec']),
		});
	});

	test('one that is named twice is hidden once', async () => {
		const mounts = await mountsInside(hiding(['/sys/firmware', '/proc/keys', '/sys/firmware', '/proc/keys'], []));
		for (const path of ['/sys/firmware', '/proc/keys']) {
			expect(mounts.filter(({ mountPoint }) => mountPoint === path)).toHaveLength(1);
		}
	});

	test('what is not there is passed over', async () => {
		expect(await inside('echo fine', hiding(['/proc/nosuchfile', '/no/such/path'], []))).toBe('fine');
	});

	test('cannot be taken away again', async () => {
		const script = '! umount /proc/keys 2>/dev/null; ! umount -l /sys/firmware 2>/dev/null; wc -c < /proc/keys';
		expect(await inside(script, hiding(['/proc/keys', '/sys/firmware'], []))).toBe('0');
	});

	test('in a user namespace', async () => {
		const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
		const output = await inside('wc -c < /proc/keys; ls /sys/firmware', (config) => {
			hiding(['/proc/keys', '/sys/firmware'], [])(config);
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
		});
		expect(output).toBe('0');
	});

	test('every path of the default configuration that is there', async () => {
		const paths = (config: Config) => config.linux['maskedPaths'] as string[];
		let listed: string[] = [];
		const mounts = await mountsInside((config) => {
			listed = paths(config);
		});
		const seen = new Set(mounts.map(({ mountPoint }) => mountPoint));
		const there = await inside(
			`for path in ${listed.join(' ')}; do [ ! -e $path ] || echo $path; done`,
			(config) => void Object.assign(config.linux, { maskedPaths: [] }),
		);
		expect(there.split('\n').length).toBeGreaterThan(2);
		for (const path of there.split('\n')) expect(seen).toContain(path);
	});
});

describeWith([root, busybox], 'readonlyPaths', () => {
	test('can be read, and writing says EROFS', async () => {
		const script = 'cat /proc/sys/kernel/ostype; echo x > /proc/sys/kernel/domainname; echo x > /etc/hosts';
		const box = scriptBundle(script, (config) => {
			config.root.readonly = false;
			hiding([], ['/proc/sys', '/etc'])(config);
		});
		const { stdout, stderr } = await run(box.path);
		expect(stdout).toBe('Linux\n');
		expect(stderr.match(/Read-only file system/g)).toHaveLength(2);
	});

	test('keep the other attributes of what they lie on', async () => {
		const mounts = await mountsInside((config) => {
			config.mounts.push({ destination: '/data', type: 'tmpfs', options: ['nosuid', 'nodev', 'noexec'] });
			hiding([], ['/data'])(config);
		});
		expect(mountAt(mounts, '/data').options).toEqual(['ro', 'nosuid', 'nodev', 'noexec', 'relatime']);
	});

	test('take along what is mounted below, which stays as it was', async () => {
		const output = await inside(
			'touch /data/below/file && ls /data/below; ! touch /data/file 2>/dev/null',
			(config) => {
				config.mounts.push({ destination: '/data', type: 'tmpfs' }, { destination: '/data/below', type: 'tmpfs' });
				hiding([], ['/data'])(config);
			},
		);
		expect(output).toBe('file');
	});

	test('a file', async () => {
		const box = scriptBundle('cat /file; ! echo more 2>/dev/null >> /file', (config) => {
			config.root.readonly = false;
			hiding([], ['/file'])(config);
		});
		writeFileSync(join(box.rootfs, 'file'), 'text');
		expect(await run(box.path)).toMatchObject({ stdout: 'text', exit: { code: 0 } });
	});

	test('what is not there is passed over', async () => {
		expect(await inside('echo fine', hiding([], ['/proc/nosuchfile', '/no/such/path']))).toBe('fine');
	});
});
