import { readFileSync } from 'node:fs';
import type { Config } from '../harness/config.js';
import { inside } from '../harness/inside.js';
import { mountsInside } from '../harness/mounts.js';
import { busybox, describeWith, root } from '../harness/requirement.js';

const mappings = [{ containerID: 0, hostID: 0, size: 65536 }];

/** Root of the machine in a user namespace: what files there may be written is decided by mounts alone. */
function withoutCgroupNamespace(config: Config): void {
	config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'cgroup');
	config.linux.namespaces.push({ type: 'user' });
	Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
}

describeWith([root, busybox], 'CVE-2023-25809: the host’s cgroups without a cgroup namespace', () => {
	test.each([
		['in a user namespace', withoutCgroupNamespace],
		[
			'without one',
			(config: Config) => {
				config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'cgroup');
			},
		],
	])('are read-only, whatever is mounted below, %s', async (_, edit) => {
		const mounts = await mountsInside(edit);
		const own = mounts.filter(({ mountPoint }) => mountPoint.startsWith('/sys/fs/cgroup'));
		expect(own.length).toBeGreaterThan(0);
		for (const { mountPoint, options } of own) expect([mountPoint, options.includes('ro')]).toEqual([mountPoint, true]);
	});

	test('and no cgroup of the host can be made or entered', async () => {
		const before = readFileSync('/proc/self/cgroup', 'utf8');
		const script =
			'for d in /sys/fs/cgroup /sys/fs/cgroup/*; do mkdir $d/escaped 2>/dev/null && echo made $d; ' +
			'[ ! -e $d/cgroup.procs ] || { echo 0 > $d/cgroup.procs; } 2>/dev/null && [ -e $d/cgroup.procs ] && echo entered $d; done; true';
		expect(await inside(script, withoutCgroupNamespace)).toBe('');
		expect(readFileSync('/proc/self/cgroup', 'utf8')).toBe(before);
	});
});
