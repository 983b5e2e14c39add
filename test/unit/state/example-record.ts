import { type ContainerRecord, recordVersion } from '../../../lib/state/index.js';

export const exampleRecord: ContainerRecord = {
	version: recordVersion,
	id: 'web',
	bundle: '/srv/web',
	rootfs: '/srv/web/rootfs',
	ociVersion: '1.3.0',
	created: '2026-03-01T12:00:00.123Z',
	pid: 4242,
	startTime: '18446744073709551615',
	annotations: { 'org.example.key': 'a/b "c"' },
	owner: { uid: 0 },
	cgroup: {
		manager: 'cgroupfs',
		paths: { v2: '/sys/fs/cgroup/unified/web', v1: { cpu: '/sys/fs/cgroup/cpu/web' } },
		created: ['/sys/fs/cgroup/unified/web', '/sys/fs/cgroup/cpu/web'],
	},
	namespaces: [{ type: 'mount' }, { type: 'network', path: '/run/netns/web' }],
	rootless: false,
	newKeyring: true,
	terminal: false,
	hooks: ['poststop'],
	hasProcess: true,
	startSteps: { first: 40, steps: [{ operation: 'seccomp', args: { flags: 0 }, pointer: '/linux/seccomp' }] },
};
