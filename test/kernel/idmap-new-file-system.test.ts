import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import type { Config, ConfigMount } from '../harness/config.js';
import { failureOf } from '../harness/failure.js';
import { run } from '../harness/inside.js';
import { loopDevice, loopDevices, programs } from '../harness/loop-device.js';
import { idMappedTmpfs } from '../harness/mapped-ids.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

const mapping = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
const shift = { uidMappings: mapping, gidMappings: mapping };

const withUserNamespace = (config: Config) => {
	config.linux.namespaces.push({ type: 'user' });
	Object.assign(config.linux, shift);
};

function box(mount: Partial<ConfigMount>, script: string, edit: (config: Config) => void = () => {}) {
	const made = scriptBundle(script, (config) => {
		config.mounts.push({ destination: '/data', type: 'tmpfs', source: 'tmpfs', options: ['idmap'], ...mount });
		edit(config);
	});
	const hidden = join(made.rootfs, 'data');
	mkdirSync(hidden);
	writeFileSync(join(hidden, 'file'), 'hidden\n');
	for (const path of [hidden, join(hidden, 'file')]) chownSync(path, 100_000, 100_000);
	return made.path;
}

const outcome = (stdout: string) => ({ exit: { code: 0, signal: null }, stdout, stderr: '' });

describeWith([root, busybox, idMappedTmpfs], 'a new file system with mapped ids', () => {
	test('by mappings of its own', async () => {
		const bundle = box({ ...shift }, 'stat -c %u:%g /data');
		expect(await run(bundle)).toMatchObject(outcome('100000:100000\n'));
	});

	test('by the mappings of the container', async () => {
		const bundle = box({}, 'touch /data/new; stat -c %u:%g /data /data/new', withUserNamespace);
		expect(await run(bundle)).toMatchObject(outcome('0:0\n0:0\n'));
	});

	test.each([['idmap'], ['ridmap']])('%s leaves the other options as they are', async (option) => {
		const options = [option, 'mode=711', 'size=64k', 'uid=7', 'noexec', 'ro', 'nosuid'];
		const show =
			'stat -c %a:%u /data; df -k /data | tail -n 1 | tr -s " " | cut -d " " -f 2; grep " /data " /proc/mounts';
		const { stdout } = await run(box({ options }, show, withUserNamespace));
		const [status, size, line] = stdout.split('\n');
		expect([status, size]).toEqual(['711:7', '64']);
		expect(line).toMatch(/^tmpfs \/data tmpfs ro,nosuid,noexec,relatime,.*idmapped/);
	});

	test('begins with what it hides, where that is asked for', async () => {
		const bundle = box({ options: ['idmap', 'tmpcopyup'] }, 'cat /data/file; stat -c %u /data/file', withUserNamespace);
		expect(await run(bundle)).toMatchObject(outcome('hidden\n0\n'));
	});

	test('that is refused says which option it was, and why', async () => {
		const error = await failureOf(run(box({ options: ['idmap', 'size=much'], ...shift }, 'true')));
		expect(error).toMatchObject({
			code: 'ERR_STEP_FAILED',
			message: expect.stringMatching(/^cannot make a new tmpfs: fsconfig size=much: tmpfs: .*: invalid argument$/i),
			pointer: expect.stringMatching(/^\/mounts\/\d+$/),
			errno: 'EINVAL',
		});
	});

	test('of a type that cannot says so', async () => {
		const error = await failureOf(run(box({ type: 'ramfs', source: 'ramfs', ...shift }, 'true')));
		expect(error).toMatchObject({
			code: 'ERR_STEP_FAILED',
			message: expect.stringContaining('cannot map the ids of a new ramfs'),
			syscall: 'mount_setattr',
			hint: expect.stringContaining('cannot map ids in this kernel'),
		});
	});
});

const ext4 = ['mkfs.ext4', '-q', '-O', '^has_journal'];

describeWith(
	[root, busybox, loopDevices, programs('mkfs.ext4')],
	'a device that a user namespace may not mount',
	() => {
		test('can be mounted for one with mapped ids', async () => {
			using device = loopDevice(ext4, 4 << 20);
			const mount = { type: 'ext4', source: device.path };
			const bundle = box(
				mount,
				'stat -c %u:%g /data/lost+found; echo text >/data/file; cat /data/file',
				withUserNamespace,
			);
			expect(await run(bundle)).toMatchObject(outcome('0:0\ntext\n'));
			expect(await failureOf(run(box({ ...mount, options: [] }, 'true', withUserNamespace)))).toMatchObject({
				hint: expect.stringContaining('A user namespace may mount only a few types'),
			});
		});
	},
);
