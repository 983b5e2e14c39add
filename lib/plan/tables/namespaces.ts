/** Namespace types of the runtime-spec with their CLONE_NEW* flag (linux/sched.h) and their name below /proc/PID/ns. */
export const namespaceTypes = {
	mount: { flag: 0x00020000n, file: 'mnt' },
	cgroup: { flag: 0x02000000n, file: 'cgroup' },
	uts: { flag: 0x04000000n, file: 'uts' },
	ipc: { flag: 0x08000000n, file: 'ipc' },
	user: { flag: 0x10000000n, file: 'user' },
	pid: { flag: 0x20000000n, file: 'pid' },
	network: { flag: 0x40000000n, file: 'net' },
	time: { flag: 0x00000080n, file: 'time' },
} as const;

export type NamespaceType = keyof typeof namespaceTypes;
