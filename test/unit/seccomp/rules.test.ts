import { constants } from 'node:os';
import { rulesOf } from '../../../lib/seccomp/rules.js';
import type { Seccomp, SeccompAction, SeccompSyscall } from '../../../lib/spec/types.js';

const { EPERM } = constants.errno;

function profile(defaultAction: SeccompAction, ...syscalls: SeccompSyscall[]): Seccomp {
	return { defaultAction, syscalls };
}

test.each([
	['SCMP_ACT_KILL', 0x00000000],
	['SCMP_ACT_KILL_THREAD', 0x00000000],
	['SCMP_ACT_KILL_PROCESS', 0x80000000],
	['SCMP_ACT_TRAP', 0x00030000],
	['SCMP_ACT_ERRNO', 0x00050000 + EPERM],
	['SCMP_ACT_NOTIFY', 0x7fc00000],
	['SCMP_ACT_TRACE', 0x7ff00000 + EPERM],
	['SCMP_ACT_LOG', 0x7ffc0000],
	['SCMP_ACT_ALLOW', 0x7fff0000],
] as const)('%s is what the kernel calls it', (action, number) => {
	expect(rulesOf(profile(action)).defaultAction).toBe(number);
	const other = action === 'SCMP_ACT_ALLOW' ? 'SCMP_ACT_LOG' : 'SCMP_ACT_ALLOW';
	const { rules } = rulesOf(profile(other, { names: ['read'], action }));
	expect(rules).toEqual([{ name: 'read', action: number, conditions: [] }]);
});

test('errno and trace carry their number', () => {
	const set = rulesOf({
		defaultAction: 'SCMP_ACT_ERRNO',
		defaultErrnoRet: 38,
		syscalls: [
			{ names: ['a'], action: 'SCMP_ACT_ERRNO', errnoRet: 0 },
			{ names: ['b'], action: 'SCMP_ACT_TRACE', errnoRet: 0xffff },
		],
	});
	expect(set.defaultAction).toBe(0x00050026);
	expect(set.rules.map(({ action }) => action)).toEqual([0x00050000, 0x7ff0ffff]);
});

test.each([
	['SCMP_ACT_ERRNO', 4096],
	// 16 bits of it reach the kernel: the call would seem to succeed.
	['SCMP_ACT_ERRNO', 65536],
	['SCMP_ACT_TRACE', 65536],
] as const)('%s with %d is refused where it stands', (action, errnoRet) => {
	const bad = profile('SCMP_ACT_ALLOW', { names: ['a'], action: 'SCMP_ACT_LOG' }, { names: ['b'], action, errnoRet });
	expect(() => rulesOf(bad)).toThrow(
		expect.objectContaining({ code: 'ERR_CONFIG_INVALID', pointer: '/linux/seccomp/syscalls/1/errnoRet' }),
	);
	expect(() => rulesOf({ defaultAction: action, defaultErrnoRet: errnoRet })).toThrow(
		expect.objectContaining({ pointer: '/linux/seccomp/defaultErrnoRet' }),
	);
});

test('a rule that says what the default says is left out, and its calls are still known', () => {
	const set = rulesOf(
		profile(
			'SCMP_ACT_ERRNO',
			{ names: ['mount'], action: 'SCMP_ACT_ERRNO', errnoRet: EPERM },
			{ names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: constants.errno.ENOSYS },
		),
	);
	expect(set.rules.map(({ name }) => name)).toEqual(['clone3']);
	expect(set.names).toEqual(['mount', 'clone3']);
});

test('conditions hold together; those on one argument are alternatives', () => {
	const condition = (index: number, value: bigint) => ({ index, value, op: 'SCMP_CMP_EQ' }) as const;
	const together = profile('SCMP_ACT_ALLOW', {
		names: ['socket', 'socketpair'],
		action: 'SCMP_ACT_ERRNO',
		args: [condition(0, 16n), { index: 2, value: 0xffn, valueTwo: 9n, op: 'SCMP_CMP_MASKED_EQ' }],
	});
	const conditions = [
		{ argument: 0, operator: 'EQ', first: 16n, second: 0n },
		{ argument: 2, operator: 'MASKED_EQ', first: 0xffn, second: 9n },
	];
	expect(rulesOf(together).rules).toEqual(
		['socket', 'socketpair'].map((name) => ({ name, action: 0x50001, conditions })),
	);

	const apart = profile('SCMP_ACT_ALLOW', {
		names: ['socket'],
		action: 'SCMP_ACT_ERRNO',
		args: [condition(0, 1n), condition(1, 2n), condition(0, 3n)],
	});
	expect(rulesOf(apart).rules.map((rule) => rule.conditions.map(({ argument, first }) => [argument, first]))).toEqual([
		[[0, 1n]],
		[[1, 2n]],
		[[0, 3n]],
	]);
});
