import { parseSpec } from '../../harness/parse-spec.js';
import { configWith, configWithLinux } from './minimal.js';

const namespaces = ['user', 'mount', 'uts', 'ipc', 'network', 'time', 'cgroup', 'pid'].map((type) => ({ type }));
const mappings = [{ containerID: 0, hostID: 100_000, size: 65_536 }];

// What engines write, and what the rules must therefore let pass.
const accepted: [string, string][] = [
	['a relative mount destination', configWith({ mounts: [{ destination: 'data', type: 'tmpfs' }] })],
	[
		'a deprecated prestart hook',
		configWith({ hooks: { prestart: [{ path: '/bin/hook', args: [], env: ['broken'] }] } }),
	],
	['proc by bind mount', configWith({ mounts: [{ destination: '/proc', type: 'none', options: ['rbind', 'ro'] }] })],
	['lxcfs files', configWith({ mounts: [{ destination: '/proc/./uptime', type: 'bind', options: ['bind'] }] })],
	['a directory whose name starts like proc', configWith({ mounts: [{ destination: '/process', type: 'tmpfs' }] })],
	['the recursive spelling that Docker writes', configWithLinux({ rootfsPropagation: 'rslave' })],
	['an empty list of masked paths', configWithLinux({ maskedPaths: [], readonlyPaths: [] })],
	['wildcard device rules', configWithLinux({ resources: { devices: [{ allow: false, major: -1, access: 'rwm' }] } })],
	[
		'file type bits in a device mode',
		configWithLinux({ devices: [{ type: 'c', path: '/dev/a', major: 1, minor: 3, fileMode: 8630 }] }),
	],
	['a systemd cgroups path', configWithLinux({ cgroupsPath: 'user.slice:tsrun:a..b' })],
	[
		'a joined user namespace without mappings',
		configWithLinux({ namespaces: [{ type: 'user', path: '/proc/1/ns/user' }] }),
	],
	['time offsets of no clock', configWithLinux({ timeOffsets: {} })],
	[
		'an interface name template',
		configWithLinux({
			namespaces,
			uidMappings: mappings,
			gidMappings: mappings,
			netDevices: { eth0: { name: 'in%d' }, eth1: {} },
		}),
	],
	[
		'cache schemata of code and data',
		configWithLinux({ intelRdt: { closID: '/', l3CacheSchema: 'L3DATA:0=f\nL3CODE:0=f' } }),
	],
	['errno with trace', configWithLinux({ seccomp: { defaultAction: 'SCMP_ACT_TRACE', defaultErrnoRet: 7 } })],
	['swap given without a memory limit', configWithLinux({ resources: { memory: { swap: 4096 } } })],
	[
		'a memory limit without the kernel to hold it',
		configWithLinux({ resources: { memory: { limit: 0, swap: 0, kernel: -1 } } }),
	],
	[
		'id-mapped mounts that take the mappings of the container',
		configWithLinux(
			{ namespaces, uidMappings: mappings, gidMappings: mappings },
			{ mounts: [{ destination: '/d', options: ['bind', 'idmap'] }] },
		),
	],
	[
		'sysctls of own namespaces',
		configWithLinux({
			namespaces,
			uidMappings: mappings,
			gidMappings: mappings,
			sysctl: {
				'net/ipv4/conf/eth0.100/forwarding': '1',
				'net.ipv4.conf.eth0/100.forwarding': '1',
				'kernel.shmmax': '1',
				'fs/mqueue/queues_max': '1',
				'kernel.domainname': 'x',
				'user.max_net_namespaces': '1',
			},
		}),
	],
];

test.each(accepted)('%s', (_name, text) => {
	expect(parseSpec(text, 'config.json').text).toBe(text);
});
