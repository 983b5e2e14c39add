const range = (count) => Array.from({ length: count }, (_, number) => number);

/** What of a config is varied, how far, and the change for it. */
export const growingConfigs = [
	{
		name: 'mounts',
		sizes: [10, 100, 1000],
		edit: (config, size) => {
			for (const number of range(size))
				config.mounts.push({ destination: `/many/${number}`, type: 'tmpfs', source: 'tmpfs' });
		},
	},
	{
		name: 'devices',
		sizes: [10, 100, 1000],
		edit: (config, size) => {
			config.linux.devices = range(size).map((number) => ({
				path: `/dev/many-${number}`,
				type: 'c',
				major: 1,
				minor: 3,
			}));
		},
	},
	{
		name: 'device rules',
		// Of a thousand the kernel says E2BIG.
		sizes: [10, 100, 800],
		edit: (config, size) => {
			const allowed = range(size).map((minor) => ({ allow: true, type: 'c', major: 10, minor, access: 'rw' }));
			config.linux.resources = { devices: [{ allow: false }, ...allowed] };
		},
	},
	{
		name: 'seccomp rules',
		// 4,096 instructions are the kernel's limit, and a comparison takes several of them.
		sizes: [10, 100, 400],
		edit: (config, size) => {
			const refused = (value) => ({
				names: ['personality'],
				action: 'SCMP_ACT_ERRNO',
				args: [{ index: 0, value, op: 'SCMP_CMP_EQ' }],
			});
			config.linux.seccomp = {
				defaultAction: 'SCMP_ACT_ALLOW',
				syscalls: range(size).map((number) => refused(100_000 + number)),
			};
		},
	},
];
