import { parseMountOptions } from '../../lib/plan/mount-options.js';
import { features } from '../../lib/runtime/features.js';
import { parseSpec } from '../harness/parse-spec.js';

// config.md, "Linux mount options": all that have their own line there.
const specified = (
	'async atime bind defaults dev diratime dirsync exec idmap iversion lazytime loud mand noatime nodev nodiratime noexec ' +
	'noiversion nolazytime nomand norelatime nostrictatime nosuid nosymfollow private ratime rbind rdev rdiratime relatime ' +
	'remount rexec ridmap rnoatime rnodiratime rnoexec rnorelatime rnostrictatime rnosuid rnosymfollow ro rprivate rrelatime rro ' +
	'rrw rshared rslave rstrictatime rsuid rsymfollow runbindable rw shared silent slave strictatime suid symfollow sync ' +
	'tmpcopyup unbindable'
).split(' ');

const superblock = ['sync', 'async', 'dirsync', 'lazytime', 'nolazytime', 'mand', 'nomand'];

test('every mount option of the specification is listed, and every listed one is understood', () => {
	const { mountOptions } = features();
	expect(specified.filter((option) => !mountOptions.includes(option))).toEqual([]);
	expect(new Set(mountOptions).size).toBe(mountOptions.length);
	expect(mountOptions.filter((option) => parseMountOptions([option]).data.length > 0).toSorted()).toEqual(
		superblock.toSorted(),
	);
});

test('what is said to be there is the structure of 1.3, and nothing of it is left out', () => {
	const { linux, hooks, ociVersionMin, ociVersionMax } = features();
	expect([ociVersionMin, ociVersionMax]).toEqual(['1.0.0', '1.3.0']);
	expect(hooks).toEqual(['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop']);
	expect(Object.keys(linux).toSorted()).toEqual([
		'apparmor',
		'capabilities',
		'cgroup',
		'intelRdt',
		'memoryPolicy',
		'mountExtensions',
		'namespaces',
		'netDevices',
		'seccomp',
		'selinux',
	]);
	expect(linux).toMatchObject({
		namespaces: ['cgroup', 'ipc', 'mount', 'network', 'pid', 'time', 'user', 'uts'],
		cgroup: { v1: true, v2: true, systemd: true, systemdUser: true, rdma: true },
		intelRdt: { enabled: true, schemata: true, monitoring: true },
		netDevices: { enabled: true },
		mountExtensions: { idmap: { enabled: true } },
	});
});

test.each(['1.0.0', '1.0.2', '1.1.0', '1.2.1', '1.3.0', '1.3.1-dev', '1.4.0'])(
	'a config of %s is taken',
	(ociVersion) => {
		const text = JSON.stringify({ ociVersion, root: { path: 'rootfs' } });
		expect(parseSpec(text, 'config.json').spec.ociVersion).toBe(ociVersion);
	},
);

test('engines are told of checkpoints by the name that runc has for it, and of the annotation that changes them', () => {
	const { annotations, potentiallyUnsafeConfigAnnotations } = features();
	expect(annotations['org.opencontainers.runc.checkpoint.enabled']).toBe('true');
	expect(potentiallyUnsafeConfigAnnotations).toContain('org.criu.config');
});
