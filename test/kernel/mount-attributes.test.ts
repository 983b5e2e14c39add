import { scriptBundle } from '../harness/bundle.js';
import { hostMount, hostTmpfs } from '../harness/host-mounts.js';
import { inside, run } from '../harness/inside.js';
import { mountAt, mountsInside, withMounts } from '../harness/mounts.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

/** What mountinfo says of the options of a tmpfs of the host that is bound with these. */
async function boundWith(options: readonly string[], source: string): Promise<string[]> {
	const mounts = await mountsInside(withMounts({ destination: '/data', source, options: ['bind', ...options] }));
	return [...mountAt(mounts, '/data').options];
}

/** The same of a new tmpfs. */
async function mountedWith(options: readonly string[]) {
	const mount = { destination: '/data', type: 'tmpfs', source: 'tmpfs', options: [...options] };
	const { options: own, superOptions } = mountAt(await mountsInside(withMounts(mount)), '/data');
	return { own: [...own], superblock: [...superOptions] };
}

const everything = ['ro', 'nosuid', 'nodev', 'noexec', 'nodiratime', 'noatime', 'nosymfollow'];

describeWith([root, busybox], 'attributes of a mount', () => {
	test.each([
		[['ro'], ['ro', 'relatime']],
		[['nosuid'], ['rw', 'nosuid', 'relatime']],
		[['nodev'], ['rw', 'nodev', 'relatime']],
		[['noexec'], ['rw', 'noexec', 'relatime']],
		[['nosymfollow'], ['rw', 'relatime', 'nosymfollow']],
		[['noatime'], ['rw', 'noatime']],
		[['nodiratime'], ['rw', 'nodiratime', 'relatime']],
		[['strictatime'], ['rw']],
		[['relatime'], ['rw', 'relatime']],
		[['nostrictatime'], ['rw', 'relatime']],
		[['norelatime'], ['rw', 'relatime']],
		[['atime'], ['rw', 'relatime']],
		[['defaults'], ['rw', 'relatime']],
		[[], ['rw', 'relatime']],
		[everything, ['ro', 'nosuid', 'nodev', 'noexec', 'noatime', 'nodiratime', 'nosymfollow']],
		[
			['ro', 'rw', 'nosuid', 'suid', 'noexec', 'exec', 'nodev', 'dev', 'nosymfollow', 'symfollow'],
			['rw', 'relatime'],
		],
	])('a bind mount with %j', async (asked, seen) => {
		using source = hostTmpfs();
		expect(await boundWith(asked, source.path)).toEqual(seen);
		expect((await mountedWith(asked)).own).toEqual(seen);
	});

	test.each([
		['rw', 'ro'],
		['suid', 'nosuid'],
		['dev', 'nodev'],
		['exec', 'noexec'],
		['symfollow', 'nosymfollow'],
		['atime', 'noatime'],
		['diratime', 'nodiratime'],
	])('%s takes %s from a bind mount whose source has it', async (option, seen) => {
		using source = hostMount(['-t', 'tmpfs', '-o', seen, 'tmpfs'], [`--options=remount,bind,${seen}`]);
		expect(await boundWith([], source.path)).toContain(seen);
		expect(await boundWith([option], source.path)).not.toContain(seen);
	});

	const restricted = ['remount', 'bind', 'ro', 'nosuid', 'nodev', 'noexec', 'noatime'].join();

	test('a bind mount that states none has those of its source', async () => {
		using source = hostTmpfs([`--options=${restricted}`]);
		const same = ['ro', 'nosuid', 'nodev', 'noexec', 'noatime'];
		expect(await boundWith([], source.path)).toEqual(same);
		expect(await boundWith(['rprivate'], source.path)).toEqual(same);
	});

	test('one that states any states all of them but the access time', async () => {
		using source = hostTmpfs([`--options=${restricted}`]);
		expect(await boundWith(['nodev'], source.path)).toEqual(['rw', 'nodev', 'noatime']);
		expect(await boundWith(['ro', 'exec'], source.path)).toEqual(['ro', 'noatime']);
		expect(await boundWith(['rnosuid', 'ro'], source.path)).toEqual(['ro', 'nosuid', 'noatime']);
	});

	test('in a user namespace what is not taken back by name stays', async () => {
		using source = hostTmpfs([`--options=${restricted},nosymfollow`]);
		const mount = { destination: '/usr', source: source.path, options: ['bind', 'ro', 'exec'] };
		const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
		const mounts = await mountsInside((config) => {
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
			config.mounts.push(mount);
		});
		expect(mountAt(mounts, '/usr').options).toEqual(['ro', 'nosuid', 'nodev', 'noatime']);
	});

	test.each([
		['sync', ['rw', 'sync']],
		['dirsync', ['rw', 'dirsync']],
		['lazytime', ['rw', 'lazytime']],
		['size=4096k', ['rw', 'size=4096k']],
		['mode=750', ['rw', 'mode=750']],
	])('%s is an option of a new superblock', async (option, seen) => {
		expect((await mountedWith([option])).superblock).toEqual(expect.arrayContaining(seen));
	});

	test.each(['async', 'nolazytime', 'mand', 'nomand', 'silent', 'loud', 'iversion', 'noiversion'])(
		'%s is taken, and changes nothing that can be seen',
		async (option) => {
			expect(await mountedWith([option])).toMatchObject({ own: ['rw', 'relatime'] });
		},
	);

	test('remount changes what an earlier entry has mounted', async () => {
		const mounts = await mountsInside(
			withMounts(
				{ destination: '/data', type: 'tmpfs', source: 'tmpfs' },
				{ destination: '/data', type: 'tmpfs', source: 'tmpfs', options: ['remount', 'ro', 'noexec'] },
			),
		);
		expect(mounts.filter(({ mountPoint }) => mountPoint === '/data')).toHaveLength(1);
		expect(mountAt(mounts, '/data').options).toEqual(['ro', 'noexec', 'relatime']);
	});

	test('remount gives the file system further options; the others stay', async () => {
		const mount = (...options: string[]) => ({ destination: '/data', type: 'tmpfs', source: 'tmpfs', options });
		const mounts = await mountsInside(
			withMounts(mount('size=4096k', 'nr_inodes=64'), mount('remount', 'size=1024k', 'sync', 'noexec')),
		);
		expect(mounts.filter(({ mountPoint }) => mountPoint === '/data')).toHaveLength(1);
		const { options, superOptions } = mountAt(mounts, '/data');
		expect(options).toEqual(['rw', 'noexec', 'relatime']);
		expect(superOptions).toEqual(expect.arrayContaining(['rw', 'sync', 'size=1024k', 'nr_inodes=64']));
	});

	test('remount with bind is of the mount alone, and says so of the other options', async () => {
		const mount = (...options: string[]) => ({ destination: '/data', type: 'tmpfs', source: 'tmpfs', options });
		const edit = withMounts(mount('size=4096k'), mount('remount', 'bind', 'size=1024k', 'noexec'));
		const { stdout, warnings } = await run(scriptBundle('grep " /data " /proc/self/mountinfo', edit).path);
		expect(stdout).toMatch(/ rw,noexec,.* rw,size=4096k/);
		expect(warnings).toContainEqual({
			pointer: expect.stringMatching(/^\/mounts\/\d+\/options$/),
			message: expect.stringContaining('leaves the options of the file system as they are: size=1024k'),
		});
	});

	test.each([
		['an option that the file system does not know', '/data', 'fly=1', 'EINVAL'],
		['a place that nothing is mounted on', '/bin', 'size=1024k', 'EINVAL'],
	])('remount: %s', async (_, destination, option, errno) => {
		const edit = withMounts(
			{ destination: '/data', type: 'tmpfs', source: 'tmpfs' },
			{ destination, type: 'tmpfs', source: 'tmpfs', options: ['remount', option] },
		);
		await expect(run(scriptBundle(':', edit).path)).rejects.toMatchObject({
			pointer: expect.stringMatching(/^\/mounts\/\d+$/),
			errno,
		});
	});

	test('they are what they say: nothing is executed, followed or written', async () => {
		const script = [
			'cp /bin/busybox /noexec/ && ! /noexec/busybox true 2>/dev/null && echo noexec',
			'echo text > /nosymfollow/file && ln -s file /nosymfollow/link && ! cat /nosymfollow/link 2>/dev/null && echo nosymfollow',
			'! touch /ro/file 2>/dev/null && echo ro',
		].join('; ');
		const mount = (option: string) => ({ destination: `/${option}`, type: 'tmpfs', source: 'x', options: [option] });
		expect(await inside(script, withMounts(mount('noexec'), mount('nosymfollow'), mount('ro')))).toBe(
			'noexec\nnosymfollow\nro',
		);
	});

	test('file system options of a bind mount are left out with a warning that says where', async () => {
		using source = hostTmpfs();
		const { warnings } = await run(
			scriptBundle('true', withMounts({ destination: '/data', source: source.path, options: ['bind', 'size=1m'] }))
				.path,
		);
		expect(warnings).toEqual([{ pointer: '/mounts/7/options', message: expect.stringContaining('size=1m') }]);
	});
});
