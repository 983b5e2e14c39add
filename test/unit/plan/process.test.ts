import { environmentOf, identityStage } from '../../../lib/plan/stages/process.js';
import { capabilityNames, capabilityNumber } from '../../../lib/plan/tables/capabilities.js';
import type { Process } from '../../../lib/spec/types.js';

const minimal: Process = { cwd: '/', args: ['true'], user: { uid: 0, gid: 0 } };

test.each([
	[undefined, []],
	[[], []],
	[['A=1'], ['A=1']],
	[
		['A=1', 'B=2', 'A=3'],
		['A=3', 'B=2'],
	],
	[['A=', 'A=x=y'], ['A=x=y']],
	[
		['AB=1', 'A=2'],
		['AB=1', 'A=2'],
	],
])('of two variables of one name the last stays, in the first one’s place: %j', (env, expected) => {
	expect(environmentOf(env === undefined ? minimal : { ...minimal, env })).toEqual(expected);
});

test('capabilities have the numbers of linux/capability.h', () => {
	expect(capabilityNames).toHaveLength(41);
	expect(['CAP_CHOWN', 'CAP_SYS_ADMIN', 'CAP_AUDIT_READ', 'CAP_CHECKPOINT_RESTORE'].map(capabilityNumber)).toEqual([
		0, 21, 37, 40,
	]);
	expect(['CAP_FLY', 'chown', 'cap_chown', '', 'toString'].map(capabilityNumber)).toEqual(Array(5).fill(undefined));
});

function granted(capabilities: NonNullable<Process['capabilities']>, lastCapability: number) {
	const warnings: [string, string][] = [];
	const warn = (message: string, pointer: string) => void warnings.push([message, pointer]);
	const steps = [
		...identityStage({ ...minimal, capabilities }, '/process', { lastCapability, keepsGroups: false, warn }),
	];
	const bits = Object.fromEntries(
		steps.flatMap(({ operation, args }) =>
			operation === 'capabilities' || operation === 'drop_bounding' ? Object.entries(args) : [],
		),
	);
	return { bits, warnings };
}

test('each set becomes the mask of its names', () => {
	const sets = {
		bounding: ['CAP_CHECKPOINT_RESTORE', 'CAP_CHOWN'],
		permitted: ['CAP_CHOWN', 'CAP_CHOWN'],
		inheritable: ['CAP_SYS_ADMIN'],
	};
	expect(granted(sets, 40)).toEqual({
		bits: { keep: 0x10000000001n, permitted: 1n, effective: 0n, inheritable: 0x200000n, ambient: 0n },
		warnings: [],
	});
});

test('a name that this kernel does not know is left out with one warning that names its sets', () => {
	const { bits, warnings } = granted(
		{ bounding: ['CAP_CHOWN', 'CAP_BPF', 'CAP_FLY'], ambient: ['CAP_FLY', 'CAP_FLY'] },
		38,
	);
	expect(bits).toMatchObject({ keep: 1n, ambient: 0n });
	expect(warnings).toEqual([
		['CAP_BPF is not a capability of this kernel and is left out of bounding', '/process/capabilities'],
		['CAP_FLY is not a capability of this kernel and is left out of bounding, ambient', '/process/capabilities'],
	]);
});
