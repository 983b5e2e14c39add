import { strayProcessesWarning } from '../../../lib/lifecycle/stray-processes.js';
import { exampleRecord } from '../state/example-record.js';

const alone = { ...exampleRecord, cgroup: { manager: 'cgroupfs' as const, paths: {}, created: [] } };

test.each([
	['no pid namespace', [{ type: 'mount' }]],
	["somebody else's pid namespace", [{ type: 'pid', path: '/proc/1/ns/pid' }]],
])('a container with no cgroup and %s is warned of', (_title, namespaces) => {
	expect(strayProcessesWarning({ ...alone, namespaces })).toMatchObject({
		message: expect.stringContaining('strongly discouraged'),
		pointer: '/linux/namespaces',
	});
});

test('what holds its processes together is enough', () => {
	const namespaces = [{ type: 'mount' }];
	const { created, manager } = alone.cgroup;
	expect(strayProcessesWarning({ ...alone, namespaces: [{ type: 'pid' }] })).toBeUndefined();
	for (const paths of [{ v2: '/sys/fs/cgroup/web' }, { v1: { pids: '/sys/fs/cgroup/pids/web' } }]) {
		expect(strayProcessesWarning({ ...alone, namespaces, cgroup: { created, manager, paths } })).toBeUndefined();
	}
});

test('who wants no cgroup knows', () => {
	const cgroup = { ...alone.cgroup, manager: 'disabled' as const };
	expect(strayProcessesWarning({ ...alone, namespaces: [], cgroup })).toBeUndefined();
});
