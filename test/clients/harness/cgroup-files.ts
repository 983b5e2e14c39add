/**
 * A shell script that prints a line for each pair of files below /sys/fs/cgroup: that of v1, or that of v2.
 *
 * @param pairs names on v1 and on v2, as `cpu/cpu.shares` and `cpu.weight`
 */
export function showCgroupFiles(pairs: readonly (readonly [string, string])[]): string {
	return `cd /sys/fs/cgroup; ${pairs.map((names) => `cat ${names.join(' ')} 2>/dev/null; `).join('')}true`;
}

export const memoryLimit = ['memory/memory.limit_in_bytes', 'memory.max'] as const;
export const quota = ['cpu/cpu.cfs_quota_us', 'cpu.max'] as const;
export const processLimit = ['pids/pids.max', 'pids.max'] as const;
