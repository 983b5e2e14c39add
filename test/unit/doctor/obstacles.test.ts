import { obstacles } from '../../../lib/doctor/obstacles.js';
import type { Self } from '../../../lib/doctor/self.js';
import type { MountInfo } from '../../../lib/os/index.js';

const all = (1n << 41n) - 1n;
const facts: Self['facts'] = {
	euid: 0,
	egid: 0,
	inUserNamespace: false,
	kernel: { release: '6.1.0', major: 6, minor: 1 },
	cgroup: { mode: 'unified', unified: { mount: '/sys/fs/cgroup', root: '/', own: '/', controllers: [] }, v1: [] },
	lsm: { apparmor: false, selinux: false },
	namespaces: [],
	lastCapability: 40,
};
const mount = (mountPoint: string, options: readonly string[] = ['rw']): MountInfo => ({
	id: 1,
	parent: 0,
	device: '0:1',
	root: '/',
	mountPoint,
	options,
	propagation: [],
	type: 'x',
	source: 'x',
	superOptions: [],
});
const self = (more: Partial<Self> = {}): Self => ({
	facts,
	mounts: [mount('/'), mount('/sys/fs/cgroup')],
	effective: all,
	bounding: all,
	noNewPrivileges: false,
	filtered: false,
	confinedBy: undefined,
	...more,
});
const nothing = { userNamespace: undefined, proc: undefined, mount: undefined, pivot: undefined };

// What the machine of the test itself forbids or does not lend is none of these layers.
const told = async (...given: Parameters<typeof obstacles>) =>
	(await obstacles(...given))
		.filter(({ layer }) => layer !== 'sysctl' && layer !== 'subids')
		.map(({ layer, evidence }) => `${layer}: ${evidence}`);

test('nothing, where nothing is in the way', async () => {
	expect(await told(self(), nothing)).toEqual([]);
});

test.each([
	['apparmor', { module: 'apparmor', label: 'docker-default (enforce)' }],
	['selinux', { module: 'selinux', label: 'system_u:system_r:container_t:s0' }],
] as const)('%s, when mounts are refused under a profile', async (layer, confinedBy) => {
	const [line] = await told(self({ confinedBy }), { ...nothing, mount: 'EACCES' });
	expect(line).toBe(`${layer}: EACCES under ${confinedBy.label}`);
	expect(await told(self({ confinedBy }), nothing)).toEqual([]);
});

test('a capability that is there and not effective', async () => {
	expect(await told(self({ effective: all & ~(1n << 21n) }), nothing)).toEqual([
		'capabilities: CAP_SYS_ADMIN is not in CapEff of /proc/self/status, although we are root',
	]);
});

test('an ordinary user has no capabilities to miss', async () => {
	const user = self({ facts: { ...facts, euid: 1000 }, effective: 0n, noNewPrivileges: true });
	expect(await told(user, nothing)).toEqual(['no_new_privs: NoNewPrivs in /proc/self/status is 1']);
});

test('cgroups that are read-only in the mount on top', async () => {
	const mounts = [mount('/'), mount('/sys/fs/cgroup', ['ro']), mount('/sys/fs/cgroup', ['rw'])];
	expect(await told(self({ mounts }), nothing)).toEqual([]);
	expect(await told(self({ mounts: mounts.toReversed() }), nothing)).toEqual([
		'cgroup: mounted read-only: /sys/fs/cgroup',
	]);
});

test('what covers /proc counts only where mounts can be made at all', async () => {
	const covered = self({ mounts: [mount('/'), mount('/proc/kcore'), mount('/proc/sys')] });
	expect(await told(covered, { ...nothing, proc: 'EPERM' })).toEqual([
		'proc: mounted over parts of /proc: /proc/kcore, /proc/sys',
	]);
	expect(await told(covered, { ...nothing, proc: 'EPERM', mount: 'EPERM' })).toEqual([]);
});

test('chroot, when nothing else explains it', async () => {
	const [line] = await told(self(), { ...nothing, userNamespace: 'EPERM' });
	expect(line).toMatch(/^chroot: clone with CLONE_NEWUSER: EPERM/);
});
