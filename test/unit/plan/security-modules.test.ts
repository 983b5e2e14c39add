import { readFileSync } from 'node:fs';
import { compileExec } from '../../../lib/plan/compile-exec.js';
import type { Process } from '../../../lib/spec/types.js';

const host = new URL('../../../spec-fixtures/hosts/unified-root.json', import.meta.url);

/** The plan for a process in a container, on a host with these security modules. */
function planOf(asked: Partial<Process>, at: '' | '/process', lsm: { apparmor: boolean; selinux: boolean }) {
	return compileExec({
		id: 'box',
		pid: 4711,
		startTime: '1',
		process: { cwd: '/', args: ['true'], user: { uid: 0, gid: 0 }, ...asked },
		at,
		rootfs: '/bundle/rootfs',
		spec: { ociVersion: '1.3.0', root: { path: 'rootfs' } },
		namespaces: ['mount'],
		cgroups: { v1: [] },
		newKeyring: false,
		preservedDescriptors: 0,
		facts: { ...JSON.parse(readFileSync(host, 'utf8')), lsm },
	});
}

describe.each([
	['selinuxLabel', 'SELinux', { apparmor: true, selinux: false }],
	['apparmorProfile', 'AppArmor', { apparmor: false, selinux: true }],
] as const)('%s of a process for exec', (name, module, lacking) => {
	test.each(['', '/process'] as const)('is refused by a plan for a host without the module, at "%s"', (at) => {
		expect(() => planOf({ [name]: 'x' }, at, lacking)).toThrow(
			expect.objectContaining({
				code: 'ERR_HOST_UNSUPPORTED',
				message: `${module} is not enabled on this host`,
				pointer: `${at}/${name}`,
			}),
		);
	});

	test('is set by a plan for a host that has it', () => {
		const { steps } = planOf({ [name]: 'x' }, '/process', { apparmor: true, selinux: true });
		expect(steps.filter(({ operation }) => operation === 'label').map(({ pointer }) => pointer)).toEqual([
			`/process/${name}`,
		]);
	});

	test('is missed only by who asks for it', () => {
		expect(() => planOf({}, '/process', { apparmor: false, selinux: false })).not.toThrow();
	});
});
