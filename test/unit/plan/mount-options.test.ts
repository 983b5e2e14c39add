import { type MountOptions, parseMountOptions } from '../../../lib/plan/mount-options.js';

const none: MountOptions = {
	bind: false,
	recursiveBind: false,
	remount: false,
	set: 0n,
	clear: 0n,
	recursiveSet: 0n,
	recursiveClear: 0n,
	propagation: [],
	data: [],
	copyUp: false,
	idmap: 'none',
	sourceNoFollow: false,
	destinationNoFollow: false,
};

// linux/mount.h: MOUNT_ATTR_* of mount_setattr(2), MS_* of mount(2).
const attr = { rdonly: 1n, nosuid: 2n, nodev: 4n, noexec: 8n, atime: 0x70n, noatime: 0x10n, strictatime: 0x20n };
const nodiratime = 0x80n;
const nosymfollow = 0x200000n;
const ms = { rec: 0x4000n, unbindable: 0x20000n, private: 0x40000n, slave: 0x80000n, shared: 0x100000n };

/** Every option of the table in config.md, "Linux mount options", and what it comes to. */
const table: readonly (readonly [option: string, Partial<MountOptions>])[] = [
	['async', { data: ['async'] }],
	['atime', { clear: attr.atime }],
	['bind', { bind: true }],
	['defaults', {}],
	['dev', { clear: attr.nodev }],
	['diratime', { clear: nodiratime }],
	['dirsync', { data: ['dirsync'] }],
	['exec', { clear: attr.noexec }],
	['idmap', { idmap: 'mount' }],
	['iversion', {}],
	['lazytime', { data: ['lazytime'] }],
	['loud', {}],
	['mand', { data: ['mand'] }],
	['noatime', { set: attr.noatime, clear: attr.atime }],
	['nodev', { set: attr.nodev }],
	['nodiratime', { set: nodiratime }],
	['noexec', { set: attr.noexec }],
	['noiversion', {}],
	['nolazytime', { data: ['nolazytime'] }],
	['nomand', { data: ['nomand'] }],
	['norelatime', {}],
	['nostrictatime', { clear: attr.atime }],
	['nosuid', { set: attr.nosuid }],
	['nosymfollow', { set: nosymfollow }],
	['private', { propagation: [ms.private] }],
	['ratime', { recursiveClear: attr.atime }],
	['rbind', { bind: true, recursiveBind: true }],
	['rdev', { recursiveClear: attr.nodev }],
	['rdiratime', { recursiveClear: nodiratime }],
	['relatime', { clear: attr.atime }],
	['remount', { remount: true }],
	['rexec', { recursiveClear: attr.noexec }],
	['ridmap', { idmap: 'recursive' }],
	['rnoatime', { recursiveSet: attr.noatime, recursiveClear: attr.atime }],
	['rnodev', { recursiveSet: attr.nodev }],
	['rnodiratime', { recursiveSet: nodiratime }],
	['rnoexec', { recursiveSet: attr.noexec }],
	['rnorelatime', {}],
	['rnostrictatime', { recursiveClear: attr.atime }],
	['rnosuid', { recursiveSet: attr.nosuid }],
	['rnosymfollow', { recursiveSet: nosymfollow }],
	['ro', { set: attr.rdonly }],
	['rprivate', { propagation: [ms.private | ms.rec] }],
	['rrelatime', { recursiveClear: attr.atime }],
	['rro', { recursiveSet: attr.rdonly }],
	['rrw', { recursiveClear: attr.rdonly }],
	['rshared', { propagation: [ms.shared | ms.rec] }],
	['rslave', { propagation: [ms.slave | ms.rec] }],
	['rstrictatime', { recursiveSet: attr.strictatime, recursiveClear: attr.atime }],
	['rsuid', { recursiveClear: attr.nosuid }],
	['rsymfollow', { recursiveClear: nosymfollow }],
	['runbindable', { propagation: [ms.unbindable | ms.rec] }],
	['rw', { clear: attr.rdonly }],
	['shared', { propagation: [ms.shared] }],
	['silent', {}],
	['slave', { propagation: [ms.slave] }],
	['strictatime', { set: attr.strictatime, clear: attr.atime }],
	['suid', { clear: attr.nosuid }],
	['symfollow', { clear: nosymfollow }],
	['sync', { data: ['sync'] }],
	['tmpcopyup', { copyUp: true }],
	['unbindable', { propagation: [ms.unbindable] }],
];

test.each(table)('%s', (option, expected) => {
	expect(parseMountOptions([option])).toEqual({ ...none, ...expected });
});

test.each([
	['src-nofollow', { sourceNoFollow: true }],
	['dest-nofollow', { destinationNoFollow: true }],
] as const)('%s, which is not in the table', (option, expected) => {
	expect(parseMountOptions([option])).toEqual({ ...none, ...expected });
});

test('what no table knows belongs to the file system, as it is written and in its order', () => {
	const data = ['size=64k', 'mode=1777', 'gid=5', 'context="a:b:c"', 'ronly', 'r', 'RO', 'bind=1', ''];
	expect(parseMountOptions(data)).toEqual({ ...none, data });
});

test('options that were written as one are several; commas of a value stay in it', () => {
	expect(
		parseMountOptions(['lowerdir=/a\\,b:/c,upperdir=/u', 'context="s0:c1,c2",ro', 'rootcontext=s0:c1,c2', ',']),
	).toEqual({
		...none,
		set: attr.rdonly,
		data: ['lowerdir=/a\\,b:/c', 'upperdir=/u', 'context="s0:c1,c2"', 'rootcontext=s0:c1,c2'],
	});
});

test.each([
	[['ro', 'rw'], { clear: attr.rdonly }],
	[['rw', 'ro'], { set: attr.rdonly }],
	[['noatime', 'strictatime'], { set: attr.strictatime, clear: attr.atime }],
	[['strictatime', 'relatime'], { clear: attr.atime }],
	[['relatime', 'noatime', 'norelatime'], { set: attr.noatime, clear: attr.atime }],
	[['nosuid', 'nodev', 'suid'], { set: attr.nodev, clear: attr.nosuid }],
	[['ro', 'rrw'], { set: attr.rdonly, recursiveClear: attr.rdonly }],
	[['idmap', 'ridmap'], { idmap: 'recursive' }],
	[['rslave', 'shared', 'rslave'], { propagation: [ms.slave | ms.rec, ms.shared, ms.slave | ms.rec] }],
] as const)('the last word wins, and propagation is changed in the order that is written: %j', (options, expected) => {
	expect(parseMountOptions(options)).toEqual({ ...none, ...expected });
});

test('an access time never comes without the mask that makes room for it', () => {
	for (const option of ['noatime', 'relatime', 'strictatime', 'atime', 'nostrictatime']) {
		expect(parseMountOptions([option]).clear).toBe(attr.atime);
	}
});
