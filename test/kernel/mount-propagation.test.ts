import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { scriptBundle } from '../harness/bundle.js';
import { hostTmpfs } from '../harness/host-mounts.js';
import { newRuntime } from '../harness/inside.js';
import { mountAt, mountsInside, withMounts } from '../harness/mounts.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

/** The propagation that mountinfo shows for a tmpfs that is shared on the host, without the numbers of peer groups. */
async function propagationWith(...options: string[]): Promise<string[]> {
	using source = hostTmpfs(['--make-shared']);
	const mounts = await mountsInside(
		withMounts({ destination: '/data', source: source.path, options: ['rbind', ...options] }),
	);
	return mountAt(mounts, '/data').propagation.map((field) => field.replace(/:\d+$/, ''));
}

describeWith([root, busybox], 'propagation of a mount', () => {
	test.each([
		['private', []],
		['rprivate', []],
		['slave', ['master']],
		['rslave', ['master']],
		['unbindable', ['unbindable']],
		['runbindable', ['unbindable']],
	])('%s', async (option, seen) => {
		expect(await propagationWith(option)).toEqual(seen);
	});

	test.each(['shared', 'rshared'])('%s makes a peer group of its own inside', async (option) => {
		expect(await propagationWith(option)).toContain('shared');
	});

	test('several, in the order in which they are written', async () => {
		expect(await propagationWith('private', 'shared')).toEqual(['shared']);
		expect(await propagationWith('shared', 'private')).toEqual([]);
	});

	test('without an option what is mounted inside stays inside, also where the host has opened the source', async () => {
		using source = hostTmpfs(['--make-shared']);
		mkdirSync(join(source.path, 'below'));
		const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
		const { path } = scriptBundle('grep -c " /usr/below " /proc/self/mountinfo; read -r go', (config) => {
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
			config.mounts.push({ destination: '/usr', source: source.path, options: ['rbind'] });
			config.mounts.push({ destination: '/usr/below', type: 'tmpfs', source: 'tmpfs' });
		});
		await using container = await newRuntime().run(containerId(), path, { stdio: 'pipe' });
		expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(join(source.path, 'below'));
		container.stdin?.end('go\n');
		if (container.stdout === null) throw new Error('there is no pipe');
		expect(await text(container.stdout)).toBe('1\n');
		await container.wait();
	});

	test('without an option the container hears nothing of later mounts of the host only where it asks so', async () => {
		using source = hostTmpfs(['--make-shared']);
		mkdirSync(join(source.path, 'later'));
		const script = 'read -r go; ls /slave/later; echo -; ls /private/later';
		const { path } = scriptBundle(
			script,
			withMounts(
				{ destination: '/slave', source: source.path, options: ['rbind', 'rslave'] },
				{ destination: '/private', source: source.path, options: ['rbind', 'rprivate'] },
			),
		);
		await using container = await newRuntime().run(containerId(), path, { stdio: 'pipe' });
		using later = hostTmpfs([], join(source.path, 'later'));
		writeFileSync(join(later.path, 'file'), '');
		container.stdin?.end('go\n');
		if (container.stdout === null) throw new Error('there is no pipe');
		expect(await text(container.stdout)).toBe('file\n-\n');
		await container.wait();
	});
});

/** Whether a tmpfs that the container mounts on a shared directory of the host is seen there. */
async function isSeenOnHost(rootfsPropagation: string | undefined, option: string): Promise<boolean> {
	using source = hostTmpfs(['--make-shared']);
	mkdirSync(join(source.path, 'inner'));
	const { path } = scriptBundle(
		'mount -t tmpfs tmpfs /data/inner && touch /data/inner/file && echo mounted && read -r end',
		(config) => {
			config.mounts.push({ destination: '/data', source: source.path, options: ['bind', option] });
			if (rootfsPropagation !== undefined) config.linux['rootfsPropagation'] = rootfsPropagation;
			const all = ['CAP_SYS_ADMIN'];
			config.process['capabilities'] = { bounding: all, effective: all, permitted: all };
		},
	);
	await using container = await newRuntime().run(containerId(), path, { stdio: 'pipe' });
	if (container.stdout === null) throw new Error('there is no pipe');
	for await (const chunk of container.stdout) if (String(chunk) === 'mounted\n') break;
	const seen = existsSync(join(source.path, 'inner/file'));
	if (seen) execFileSync('umount', [join(source.path, 'inner')]);
	return seen;
}

describeWith([root, busybox], 'what a container mounts on a directory it shares with the host', () => {
	test('is seen there with shared and a shared root', async () => {
		expect(await isSeenOnHost('shared', 'shared')).toBe(true);
		expect(await isSeenOnHost('rshared', 'rshared')).toBe(true);
	});

	test('is not seen there otherwise', async () => {
		expect(await isSeenOnHost(undefined, 'rshared')).toBe(false);
		expect(await isSeenOnHost('slave', 'rshared')).toBe(false);
		expect(await isSeenOnHost('shared', 'rslave')).toBe(false);
		expect(await isSeenOnHost('private', 'rprivate')).toBe(false);
	});
});
