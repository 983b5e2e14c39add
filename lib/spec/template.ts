/** What {@link defaultSpec} has to be told. */
export interface TemplateOptions {
	/** The configuration of a container that an unprivileged user starts; default false. */
	readonly rootless?: boolean;
	/** The machine has the unified cgroup hierarchy only, so a cgroup namespace is useful. */
	readonly cgroup2: boolean;
	/** Effective user id that the rootless container maps to its root. */
	readonly uid: number;
	/** Effective group id, likewise. */
	readonly gid: number;
}

const capabilities = ['CAP_AUDIT_WRITE', 'CAP_KILL', 'CAP_NET_BIND_SERVICE'];

/**
 * The configuration that `tsrun spec` writes: what runc's users expect a fresh bundle to do.
 * A plain object in the order in which a person reads it; nothing in it is shared between calls.
 */
export function defaultSpec(options: TemplateOptions): Record<string, unknown> {
	return {
		ociVersion: '1.3.0',
		process: {
			terminal: true,
			user: { uid: 0, gid: 0 },
			args: ['sh'],
			env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'TERM=xterm'],
			cwd: '/',
			capabilities: { bounding: [...capabilities], effective: [...capabilities], permitted: [...capabilities] },
			rlimits: [{ type: 'RLIMIT_NOFILE', hard: 1024, soft: 1024 }],
			noNewPrivileges: true,
		},
		root: { path: 'rootfs', readonly: true },
		hostname: 'tsrun',
		mounts: mounts(options.rootless === true),
		linux: linux(options),
	};
}

/** The text of a config.json: JSON indented with tabs, with a newline at its end. */
export function renderSpec(spec: object): string {
	return `${JSON.stringify(spec, null, '\t')}\n`;
}

function mounts(rootless: boolean): Record<string, unknown>[] {
	const restricted = ['nosuid', 'noexec', 'nodev'];
	// Only the owner of the network namespace may mount a new sysfs, and a rootless container keeps the host's.
	const sys = rootless
		? { destination: '/sys', type: 'none', source: '/sys', options: ['rbind', ...restricted, 'ro'] }
		: { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...restricted, 'ro'] };
	// Group 5 (tty) has no mapping where only one group id is mapped.
	const ptyGroup = rootless ? [] : ['gid=5'];
	return [
		{ destination: '/proc', type: 'proc', source: 'proc' },
		{
			destination: '/dev',
			type: 'tmpfs',
			source: 'tmpfs',
			options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
		},
		{
			destination: '/dev/pts',
			type: 'devpts',
			source: 'devpts',
			options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', ...ptyGroup],
		},
		{
			destination: '/dev/shm',
			type: 'tmpfs',
			source: 'shm',
			options: [...restricted, 'mode=1777', 'size=65536k'],
		},
		{ destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: [...restricted] },
		sys,
		{ destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [...restricted, 'relatime', 'ro'] },
	];
}

function linux({ rootless = false, cgroup2, uid, gid }: TemplateOptions): Record<string, unknown> {
	const types = ['pid', ...(rootless ? [] : ['network']), 'ipc', 'uts', 'mount', ...(cgroup2 ? ['cgroup'] : [])];
	if (rootless) types.push('user');
	return {
		...(rootless
			? {
					uidMappings: [{ containerID: 0, hostID: uid, size: 1 }],
					gidMappings: [{ containerID: 0, hostID: gid, size: 1 }],
				}
			: { resources: { devices: [{ allow: false, access: 'rwm' }] } }),
		namespaces: types.map((type) => ({ type })),
		maskedPaths: [
			'/proc/acpi',
			'/proc/asound',
			'/proc/kcore',
			'/proc/keys',
			'/proc/latency_stats',
			'/proc/sched_debug',
			'/proc/scsi',
			'/proc/timer_list',
			'/proc/timer_stats',
			'/sys/firmware',
		],
		readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
	};
}
