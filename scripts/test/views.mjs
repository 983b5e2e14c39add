import { statfsSync } from 'node:fs';

// linux/magic.h
const cgroup2Magic = 0x63677270;

// The tests run in a mount namespace of their own, so that every mount they leave behind is known to be theirs.
const isolated = ['unshare', '--mount', '--propagation', 'private', '--'];

const onlyCgroup2 =
	'umount -R /sys/fs/cgroup && mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 /sys/fs/cgroup && exec "$@"';

/**
 * The ways in which this machine can show its cgroups to a container runtime: its own, and, where that is v1 or hybrid, the unified
 * hierarchy alone. Each with the words that have to stand in front of a command to run it there.
 */
export function viewsHere() {
	const unified = statfsSync('/sys/fs/cgroup').type === cgroup2Magic;
	if (process.getuid() !== 0) return [{ name: 'machine', title: 'not root', prefix: [] }];
	const machine = {
		name: 'machine',
		title: `${unified ? 'cgroup2' : 'cgroup v1 or hybrid'} as on this machine`,
		prefix: isolated,
	};
	if (unified) return [machine];
	return [machine, { name: 'cgroup2', title: 'cgroup2 alone', prefix: [...isolated, 'sh', '-c', onlyCgroup2, 'sh'] }];
}
