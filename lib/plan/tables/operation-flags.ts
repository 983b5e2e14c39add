// What the numbers in an operation's arguments mean; the helper has the same in the enums named beside them, and a test
// holds the two together.

/** Bits of the mount operation's `flags` (addon/init/mount.c, MOUNT_*). */
export const mountFlags = {
	copyUp: 1,
	noSymlinks: 2,
	keepMode: 4,
	cgroup2: 8,
	noFollow: 32,
} as const;

/** Bits of the bind operation's `flags` (addon/init/bind.c, BIND_*). */
export const bindFlags = {
	recursive: 1,
	sourceNoFollow: 2,
	destinationNoFollow: 4,
	insideProc: 8,
	sourceInside: 16,
	treeShown: 32,
} as const;

/** Bits of the identity operation's `flags` (addon/init/identity.c, IDENTITY_*). */
export const identityFlags = { leaveGroups: 1, keepCapabilities: 2 } as const;

/** Of change_root (addon/init/change_root.c, enum method). */
export const changeRootMethods = { pivot: 0, move: 1, chroot: 2 } as const;

/** Of chdir (addon/init/program.c, enum attempt): the last attempt does nothing where the one before was let in. */
export const chdirAttempts = { mustSucceed: 0, mayFail: 1, last: 2 } as const;
