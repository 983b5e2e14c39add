import { describeStep } from '../../../lib/plan/describe.js';
import { host, init, type Step } from '../../../lib/plan/step.js';
import { type FieldType, type InitOperation, initOperations } from '../../../lib/plan/tables/operations.js';

const example: Readonly<Record<FieldType, unknown>> = {
	u32: 2,
	u64: 0x20000n,
	i64: -1n,
	str: 'text',
	bytes: new Uint8Array(),
	strs: ['a', 'b'],
	u32s: [1],
	u64s: [1n],
	fd: 'slot',
	fds: ['slot'],
};

test.each(Object.keys(initOperations) as InitOperation[])('%s has words', (operation) => {
	const args = Object.entries(initOperations[operation].fields).map(([name, type]) => [name, example[type]]);
	const words = describeStep(init(operation, Object.fromEntries(args) as never));
	// They follow "cannot" in an error, so that they begin with a verb and are one line.
	expect(words).toMatch(/^[a-z][\w-]* ?[^\n]*$/i);
	expect(words).not.toMatch(/undefined|NaN|\[object|\.$/);
});

const steps: readonly (readonly [Step, string])[] = [
	[init('change_root', { method: 0 }), 'change the root (pivot_root)'],
	[init('change_root', { method: 1 }), 'change the root (MS_MOVE)'],
	[init('change_root', { method: 2 }), 'change the root (chroot)'],
	[init('change_root', { method: 9 }), 'change the root (9)'],
	[init('unshare', { flags: 0x80n }), 'enter a new time namespace'],
	[init('fork', { flags: 0n }), 'go on as a child'],
	[init('fork', { flags: 0x20020000n }), 'go on as a child in new mount, pid namespaces'],
	[init('join_process', { pidfd: 'init', flags: 0x20000n }), "join the container's mount namespace"],
	[init('barrier', { id: 0 }), 'wait at the barrier "placed"'],
	[init('barrier', { id: 77 }), 'wait at the barrier "77"'],
	[init('umask', { mode: 0o22 }), 'set the umask to 0022'],
	[init('drop_bounding', { keep: 0x21n }), 'limit the bounding set to chown kill'],
	[init('drop_bounding', { keep: 0n }), 'limit the bounding set to none'],
	[init('identity', { uid: 1, gid: 2, groups: [], flags: 0 }), 'become 1:2'],
	[init('identity', { uid: 1, gid: 2, groups: [3, 4], flags: 0 }), 'become 1:2 (3 4)'],
	[init('sysctl', { path: 'kernel/shmmax', value: '1\n' }), 'set sysctl kernel/shmmax to "1\\n"'],
	[init('chdir', { path: '/srv', attempt: 1 }), 'chdir to cwd /srv'],
	[init('chdir', { path: '/bundle/rootfs', attempt: 0 }), 'chdir to /bundle/rootfs'],
	[init('close_descriptors', { keep: 2 }), 'close all descriptors above 4'],
	[init('show_tree', { source: '/srv/rootfs/a', flags: 17 }), 'open the mount of /srv/rootfs/a for the host'],
	[
		host('map_tree', { source: '/srv/rootfs/a', idmap: { uid: '', gid: '', recursive: false } }),
		'map the ids of the mount of /srv/rootfs/a',
	],
	[host('spawn', { flags: 0n, cgroup: null }), 'start init'],
	[host('spawn', { flags: 0x20000n, cgroup: null }), 'start init in a new mount namespace'],
	[host('release', { id: 2 }), 'let init go on from the barrier "complete"'],
	[host('open_process', { slot: 'init', pid: 7, startTime: '1' }), 'open the process 7'],
	[host('set_rlimits', { limits: [{ name: 'RLIMIT_CPU', resource: 0, soft: 1n, hard: 1n }] }), 'set RLIMIT_CPU'],
	[
		host('open_tree', { slot: 'a', source: '/srv', recursive: false, follow: true, idmap: null }),
		'open the mount of /srv',
	],
	[
		host('open_tree', {
			slot: 'a',
			source: '/srv',
			recursive: false,
			follow: true,
			idmap: { uid: '', gid: '', recursive: false },
		}),
		'open the mount of /srv with its ids mapped',
	],
];

test.each(steps)('%#: says what the arguments mean', (step, words) => {
	expect(describeStep(step)).toBe(words);
});
