/** MOUNT_ATTR_* of linux/mount.h, as mount_setattr(2) takes them. */
export const mountAttributes = {
	readonly: 0x1n,
	nosuid: 0x2n,
	nodev: 0x4n,
	noexec: 0x8n,
	atimeMask: 0x70n,
	relatime: 0x0n,
	noatime: 0x10n,
	strictatime: 0x20n,
	nodiratime: 0x80n,
	nosymfollow: 0x200000n,
} as const;

/** MS_* of linux/mount.h that are about propagation. */
export const propagationFlags = {
	recursive: 0x4000n,
	unbindable: 0x20000n,
	private: 0x40000n,
	slave: 0x80000n,
	shared: 0x100000n,
} as const;

interface Attribute {
	readonly set: bigint;
	readonly clear: bigint;
}

const on = (bit: bigint): Attribute => ({ set: bit, clear: 0n });
const off = (bit: bigint): Attribute => ({ set: 0n, clear: bit });
// The access time attributes are one field of three values: the kernel wants all of its bits cleared before one is set.
const accessTime = (value: bigint): Attribute => ({ set: value, clear: mountAttributes.atimeMask });
const nothing: Attribute = { set: 0n, clear: 0n };

/**
 * Options of the runtime-spec's table that are attributes of the mount itself; each has a twin with the prefix `r`
 * that goes for the whole tree (mount_setattr with AT_RECURSIVE, Linux 5.12).
 */
export const attributeOptions: ReadonlyMap<string, Attribute> = new Map([
	['ro', on(mountAttributes.readonly)],
	['rw', off(mountAttributes.readonly)],
	['nosuid', on(mountAttributes.nosuid)],
	['suid', off(mountAttributes.nosuid)],
	['nodev', on(mountAttributes.nodev)],
	['dev', off(mountAttributes.nodev)],
	['noexec', on(mountAttributes.noexec)],
	['exec', off(mountAttributes.noexec)],
	['nodiratime', on(mountAttributes.nodiratime)],
	['diratime', off(mountAttributes.nodiratime)],
	['noatime', accessTime(mountAttributes.noatime)],
	['atime', accessTime(mountAttributes.relatime)],
	['relatime', accessTime(mountAttributes.relatime)],
	['norelatime', nothing],
	['strictatime', accessTime(mountAttributes.strictatime)],
	['nostrictatime', accessTime(mountAttributes.relatime)],
	['nosymfollow', on(mountAttributes.nosymfollow)],
	['symfollow', off(mountAttributes.nosymfollow)],
]);

/** Options that belong to the superblock; the kernel knows them by these names in every file system. */
export const superblockOptions: ReadonlySet<string> = new Set([
	'sync',
	'async',
	'dirsync',
	'lazytime',
	'nolazytime',
	'mand',
	'nomand',
]);

/** Accepted, and without an effect that could be asked for: `defaults`, and flags that change no behaviour of a mount made here. */
export const inertOptions: ReadonlySet<string> = new Set(['defaults', 'silent', 'loud', 'iversion', 'noiversion']);

export const propagationOptions: ReadonlyMap<string, bigint> = new Map(
	(['unbindable', 'private', 'slave', 'shared'] as const).flatMap((name): [string, bigint][] => [
		[name, propagationFlags[name]],
		[`r${name}`, propagationFlags[name] | propagationFlags.recursive],
	]),
);
