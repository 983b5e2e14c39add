import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigMount } from '../harness/config.js';
import { type HostMount, hostTmpfs } from '../harness/host-mounts.js';
import { inside } from '../harness/inside.js';
import { mountAt, mountsInside, withMounts } from '../harness/mounts.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

/** A mount of the host with another one below it. */
class Tree implements Disposable {
	readonly top = hostTmpfs();
	readonly below: HostMount;

	constructor() {
		const path = join(this.top.path, 'below');
		mkdirSync(path);
		this.below = hostTmpfs([], path);
	}

	[Symbol.dispose](): void {
		// Takes along what is mounted below.
		this.top[Symbol.dispose]();
	}
}

/** Options of the top and of what is below it, of a tree that is bound with these. */
async function boundWith(...options: string[]): Promise<{ top: string[]; below: string[] }> {
	using tree = new Tree();
	const mount: ConfigMount = { destination: '/data', source: tree.top.path, options: ['rbind', ...options] };
	const mounts = await mountsInside(withMounts(mount));
	return { top: [...mountAt(mounts, '/data').options], below: [...mountAt(mounts, '/data/below').options] };
}

describeWith([root, busybox], 'attributes of a whole tree of mounts', () => {
	test.each([
		['rro', 'ro'],
		['rnosuid', 'nosuid'],
		['rnodev', 'nodev'],
		['rnoexec', 'noexec'],
		['rnodiratime', 'nodiratime'],
		['rnoatime', 'noatime'],
		['rnosymfollow', 'nosymfollow'],
		['rrelatime', 'relatime'],
	])('%s is %s everywhere', async (option, seen) => {
		const { top, below } = await boundWith(option);
		expect(top).toContain(seen);
		expect(below).toContain(seen);
	});

	test('rstrictatime takes relatime away everywhere', async () => {
		expect(await boundWith('rstrictatime')).toEqual({ top: ['rw'], below: ['rw'] });
	});

	test.each([
		['rrw', 'rro'],
		['rsuid', 'rnosuid'],
		['rdev', 'rnodev'],
		['rexec', 'rnoexec'],
		['rsymfollow', 'rnosymfollow'],
		['ratime', 'rnoatime'],
		['rdiratime', 'rnodiratime'],
		['rnostrictatime', 'rstrictatime'],
	])('%s takes back %s', async (option, before) => {
		expect(await boundWith(before, option)).toEqual({ top: ['rw', 'relatime'], below: ['rw', 'relatime'] });
	});

	test('ro is of the top alone', async () => {
		const { top, below } = await boundWith('ro');
		expect([top[0], below[0]]).toEqual(['ro', 'rw']);
	});

	test('rro with rw: the top alone can be written', async () => {
		const { top, below } = await boundWith('rro', 'rw');
		expect([top[0], below[0]]).toEqual(['rw', 'ro']);
	});

	test('with rro nothing below can be written', async () => {
		using tree = new Tree();
		const mount: ConfigMount = { destination: '/data', source: tree.top.path, options: ['rbind', 'rro'] };
		expect(await inside('! touch /data/below/file 2>/dev/null && echo refused', withMounts(mount))).toBe('refused');
	});
});
