/** Texts of /proc/self/mountinfo and /proc/self/cgroup as the layouts of real machines have them. */
export interface Machine {
	readonly mountInfo: string;
	readonly membership: string;
	/** Where statfs(2) sees something else than mountinfo has there; undefined: nothing can be reached. */
	readonly hidden?: Readonly<Record<string, number | undefined>>;
	readonly files?: Readonly<Record<string, string>>;
}

const rootMount = '29 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n22 29 0:20 / /proc rw - proc proc rw\n';

/** systemd 248 and later: one hierarchy for all. */
export const unified: Machine = {
	mountInfo: `${rootMount}30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n`,
	membership: '0::/user.slice/user-1000.slice/session-3.scope\n',
	files: { '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory hugetlb pids rdma misc\n' },
};

/** A chroot with cgroup v2 of its own that also sees the mounts of a host with v1. */
export const chrootBesideV1: Machine = {
	mountInfo: `${rootMount}${[
		'33 31 0:29 / /host/sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
		'34 31 0:30 / /host/sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
		'40 23 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw',
	].join('\n')}\n`,
	membership: '4:memory:/api\n0::/\n',
	files: { '/sys/fs/cgroup/cgroup.controllers': 'hugetlb\n' },
};

/** systemd's hybrid: v1 controllers, co-mounted in pairs, and a unified hierarchy without controllers. */
export const systemdHybrid: Machine = {
	mountInfo: `${rootMount}${[
		'31 23 0:27 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,size=4096k,nr_inodes=1024,mode=755',
		'32 31 0:28 / /sys/fs/cgroup/unified rw,nosuid shared:10 - cgroup2 cgroup2 rw,nsdelegate',
		'33 31 0:29 / /sys/fs/cgroup/systemd rw,nosuid shared:11 - cgroup cgroup rw,xattr,name=systemd',
		'37 31 0:33 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:15 - cgroup cgroup rw,cpu,cpuacct',
		'38 31 0:34 / /sys/fs/cgroup/net_cls,net_prio rw,nosuid shared:16 - cgroup cgroup rw,net_cls,net_prio',
		'39 31 0:35 / /sys/fs/cgroup/memory rw,nosuid shared:17 - cgroup cgroup rw,memory',
		'40 31 0:36 / /sys/fs/cgroup/freezer rw,nosuid shared:18 - cgroup cgroup rw,freezer',
	].join('\n')}\n`,
	membership: [
		'12:memory:/user.slice',
		'9:freezer:/',
		'5:cpu,cpuacct:/user.slice',
		'4:net_cls,net_prio:/',
		'3:perf_event:/',
		'1:name=systemd:/user.slice/session-3.scope',
		'0::/user.slice/session-3.scope',
		'',
	].join('\n'),
	files: { '/sys/fs/cgroup/unified/cgroup.controllers': '\n' },
};

/** Separate v1 mounts, the unified hierarchy beside them with the controller that is left; the memory cgroup is not the root. */
export const plainHybrid: Machine = {
	mountInfo: `${rootMount}${[
		'31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
		'32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu',
		'33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct',
		'35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
		'41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
	].join('\n')}\n`,
	membership: '4:memory:/api/9bf4\n2:cpuacct:/\n1:cpu:/\n0::/\n',
	files: { '/sys/fs/cgroup/unified/cgroup.controllers': 'hugetlb\n' },
};

/** A container of Docker 19.03 on cgroup v1: its own parts of the hierarchies, without a cgroup namespace. */
export const dockerV1: Machine = {
	mountInfo: `${[
		'700 600 0:60 / / rw,relatime - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w',
		'710 700 0:61 / /sys ro,nosuid - sysfs sysfs ro',
		'711 710 0:62 / /sys/fs/cgroup rw,nosuid - tmpfs tmpfs rw,mode=755',
		'712 711 0:27 /docker/c0ffee /sys/fs/cgroup/systemd ro,nosuid master:11 - cgroup cgroup rw,xattr,name=systemd',
		'713 711 0:33 /docker/c0ffee /sys/fs/cgroup/cpu,cpuacct ro,nosuid master:15 - cgroup cgroup rw,cpu,cpuacct',
		'714 711 0:35 /docker/c0ffee /sys/fs/cgroup/memory ro,nosuid master:17 - cgroup cgroup rw,memory',
	].join('\n')}\n`,
	membership: '12:memory:/docker/c0ffee\n5:cpu,cpuacct:/docker/c0ffee\n1:name=systemd:/docker/c0ffee\n',
};

/** A container on a unified host, in a cgroup namespace of its own. */
export const dockerV2: Machine = {
	mountInfo:
		'700 600 0:60 / / rw,relatime - overlay overlay rw\n712 710 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate\n',
	membership: '0::/\n',
	files: { '/sys/fs/cgroup/cgroup.controllers': 'cpu memory pids\n' },
};

/** The hybrid machine after `mount -t cgroup2 none /sys/fs/cgroup` in a mount namespace: the v1 mounts are covered. */
export const covered: Machine = {
	mountInfo: `${plainHybrid.mountInfo}99 31 0:38 / /sys/fs/cgroup rw,relatime - cgroup2 none rw\n`,
	membership: plainHybrid.membership,
	hidden: {
		'/sys/fs/cgroup': 0x63677270,
		'/sys/fs/cgroup/cpu': undefined,
		'/sys/fs/cgroup/cpuacct': undefined,
		// A cgroup of the unified hierarchy that happens to have this name.
		'/sys/fs/cgroup/memory': 0x63677270,
		'/sys/fs/cgroup/unified': 0x63677270,
	},
	files: { '/sys/fs/cgroup/cgroup.controllers': 'hugetlb\n' },
};

/** No cgroup file system is mounted, although the kernel has cgroups. Plain directories bear the names. */
export const none: Machine = {
	mountInfo: `${rootMount}31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n`,
	membership: plainHybrid.membership,
};
