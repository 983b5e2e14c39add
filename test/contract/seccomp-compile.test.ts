import { constants } from 'node:os';
import fc from 'fast-check';
import { native } from '../../lib/native/index.js';
import { compileFilter } from '../../lib/seccomp/compile.js';
import { filterKey } from '../../lib/seccomp/program.js';
import type { Seccomp, SeccompSyscall } from '../../lib/spec/types.js';
import { interpret } from '../unit/seccomp/interpreter.js';

const { ENOSYS, EPERM } = constants.errno;
const x86_64 = 0xc000003e;
const i386 = 0x40000003;
const x32Bit = 0x40000000;
const allow = 0x7fff0000;
const refuse = (errno: number) => 0x50000 + errno;
const killThread = 0;

const onX86 = native().seccompLibrary()?.architecture === x86_64 ? describe : describe.skip;
const names = ['read', 'write', 'socket', 'clone', 'ptrace', 'personality', 'openat'] as const;
const numbers = { read: 0, write: 1, socket: 41, clone: 56, ptrace: 101, personality: 135, openat: 257 };

type Argument = NonNullable<SeccompSyscall['args']>[number];

const wide = fc.oneof(
	fc.constantFrom(0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n, 0x1234_5678_9abc_def0n),
	fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);
const argument: fc.Arbitrary<Argument> = fc.record({
	index: fc.nat(5),
	value: wide,
	valueTwo: wide,
	op: fc.constantFrom(
		'SCMP_CMP_NE',
		'SCMP_CMP_LT',
		'SCMP_CMP_LE',
		'SCMP_CMP_EQ',
		'SCMP_CMP_GE',
		'SCMP_CMP_GT',
		'SCMP_CMP_MASKED_EQ',
	),
});

/** What runtime-spec and manual say about one comparison. */
function holds({ index, op, value, valueTwo = 0n }: Argument, args: readonly bigint[]): boolean {
	const actual = args[index] ?? 0n;
	if (op === 'SCMP_CMP_NE') return actual !== value;
	if (op === 'SCMP_CMP_LT') return actual < value;
	if (op === 'SCMP_CMP_LE') return actual <= value;
	if (op === 'SCMP_CMP_EQ') return actual === value;
	if (op === 'SCMP_CMP_GE') return actual >= value;
	if (op === 'SCMP_CMP_GT') return actual > value;
	// Bits outside of the mask say nothing.
	return (actual & value) === (valueTwo & value);
}

onX86('filters for x86-64 (needs an x86-64 build with libseccomp)', () => {
	const run = (profile: Seccomp, number: number, args: bigint[] = [], architecture = x86_64) =>
		interpret(compileFilter(profile), { number, architecture, args });

	// libseccomp 2.5 compiles alternatives wrong, or never comes to an end with them.
	test('rules with conditions decide as the runtime-spec says, on 64 bits, alone and as alternatives', () => {
		const rule = fc.array(argument, { minLength: 1, maxLength: 3 });
		const call = fc.record({ name: fc.constantFrom(...names), rules: fc.array(rule, { minLength: 1, maxLength: 3 }) });
		const guess = fc.record({ step: fc.constantFrom(-1n, 0n, 1n), other: wide, own: fc.boolean() });
		fc.assert(
			fc.property(call, fc.array(guess, { minLength: 6, maxLength: 6 }), ({ name, rules }, guesses) => {
				const profile: Seccomp = {
					defaultAction: 'SCMP_ACT_ALLOW',
					syscalls: rules.map((args) => ({ names: [name], action: 'SCMP_ACT_ERRNO', errnoRet: 7, args })),
				};
				const all = rules.flat();
				// Next to the borders, where mistakes are.
				const actual = guesses.map(({ step, other, own }, index) =>
					own ? other : BigInt.asUintN(64, (all[index % all.length]?.value ?? 0n) + step),
				);
				const hit = rules.some((args) => {
					const repeated = new Set(args.map(({ index }) => index)).size < args.length;
					return repeated ? args.some((one) => holds(one, actual)) : args.every((one) => holds(one, actual));
				});
				expect(run(profile, numbers[name], actual)).toBe(hit ? refuse(7) : allow);
				expect(run(profile, 39, actual)).toBe(allow);
			}),
			{ numRuns: 500 },
		);
	});

	test('a profile that libseccomp never comes to an end with is compiled', () => {
		const differs = (index: number, value: bigint): Argument => ({ index, value, op: 'SCMP_CMP_NE' });
		const profile: Seccomp = {
			defaultAction: 'SCMP_ACT_ALLOW',
			syscalls: [
				{ names: ['read'], action: 'SCMP_ACT_ERRNO', args: [differs(1, 5n), differs(0, 0n)] },
				{ names: ['read'], action: 'SCMP_ACT_ERRNO', args: [differs(0, 0n), differs(2, 1n)] },
			],
		};
		expect(run(profile, 0, [1n, 5n, 1n])).toBe(allow);
		expect(run(profile, 0, [1n, 5n, 2n])).toBe(refuse(EPERM));
		expect(run(profile, 0, [0n, 6n, 2n])).toBe(allow);
	});

	const listed: Seccomp = {
		defaultAction: 'SCMP_ACT_ERRNO',
		architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32', 'SCMP_ARCH_LOONGARCH64', 'SCMP_ARCH_S390X'],
		syscalls: [
			{ names: ['read', 'openat', 'no_such_call', 'arm_fadvise64_64', 'statmount'], action: 'SCMP_ACT_ALLOW' },
			{ names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
		],
	};

	test('three architectures each have their own numbers; unknown names and foreign architectures do no harm', () => {
		expect(run(listed, 0)).toBe(allow);
		expect(run(listed, 3)).toBe(refuse(EPERM));
		expect(run(listed, 3, [], i386)).toBe(allow);
		expect(run(listed, 0, [], i386)).toBe(refuse(EPERM));
		expect(run(listed, x32Bit + 0)).toBe(allow);
		expect(run(listed, x32Bit + 3)).toBe(refuse(EPERM));
		expect(run(listed, 0, [], 0xc00000b7)).toBe(killThread);
		expect(run({ defaultAction: 'SCMP_ACT_ALLOW' }, 0, [], i386)).toBe(killThread);
	});

	test('what is younger than the profile answers ENOSYS, what is younger than libseccomp what the profile says', () => {
		expect(run(listed, 435)).toBe(refuse(ENOSYS));
		expect(run(listed, 437)).toBe(refuse(EPERM));
		expect(run(listed, 457)).toBe(allow);
		expect(run(listed, 457, [], i386)).toBe(allow);
		expect(run(listed, x32Bit + 457)).toBe(allow);
		expect(run(listed, 458)).toBe(refuse(ENOSYS));
		expect(run(listed, 458, [], i386)).toBe(refuse(ENOSYS));
		expect(run(listed, x32Bit + 458)).toBe(refuse(ENOSYS));
	});

	test.each([
		['SCMP_ACT_ALLOW', allow],
		['SCMP_ACT_LOG', 0x7ffc0000],
		['SCMP_ACT_TRACE', 0x7ff00000 + EPERM],
	] as const)('a profile that %s what it does not name means the calls of the future too', (defaultAction, action) => {
		const open: Seccomp = { defaultAction, syscalls: [{ names: ['read'], action: 'SCMP_ACT_KILL_PROCESS' }] };
		expect(run(open, 0)).toBe(0x80000000);
		expect(run(open, 1)).toBe(action);
		expect(run(open, 5000)).toBe(action);
	});

	test('a profile that kills what it does not name does not kill a libc that tries a new call', () => {
		const strict: Seccomp = {
			defaultAction: 'SCMP_ACT_KILL',
			syscalls: [{ names: ['openat'], action: 'SCMP_ACT_ALLOW' }],
		};
		expect(run(strict, 0)).toBe(killThread);
		expect(run(strict, 258)).toBe(refuse(ENOSYS));
		expect(run({ defaultAction: 'SCMP_ACT_KILL' }, 258)).toBe(killThread);
	});

	test('a default of ENOSYS needs no answer of ours', () => {
		const plain = compileFilter({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: ENOSYS, syscalls: [] });
		const other = compileFilter({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: EPERM, syscalls: [] });
		expect(plain.length).toBe(other.length);
		expect(interpret(plain, { number: 9999, architecture: x86_64 })).toBe(refuse(ENOSYS));
	});

	test('hundreds of calls become a tree that decides the same', () => {
		const known = Array.from({ length: 335 }, (_, number) => native().seccompCallName(x86_64, number));
		const half = known.filter((name, number) => name !== undefined && number % 2 === 0) as string[];
		const program = compileFilter({
			defaultAction: 'SCMP_ACT_ERRNO',
			syscalls: [{ names: half, action: 'SCMP_ACT_ALLOW' }],
		});
		for (const [number, name] of known.entries()) {
			const expected = name !== undefined && number % 2 === 0 ? allow : refuse(number === 335 ? ENOSYS : EPERM);
			expect([name, interpret(program, { number, architecture: x86_64 })]).toEqual([name, expected]);
		}
	});

	test('a profile beyond the limit of the kernel is refused in words', () => {
		const args = (value: number): Argument[] => [{ index: 0, value: BigInt(value) << 32n, op: 'SCMP_CMP_EQ' }];
		const syscalls = Array.from(
			{ length: 1200 },
			(_, value): SeccompSyscall => ({
				names: [names[value % 7] ?? 'read'],
				action: 'SCMP_ACT_ERRNO',
				args: args(value),
			}),
		);
		expect(() => compileFilter({ defaultAction: 'SCMP_ACT_ALLOW', syscalls })).toThrow(
			expect.objectContaining({ code: 'ERR_CONFIG_UNSUPPORTED', pointer: '/linux/seccomp' }),
		);
	});

	test('a rule that libseccomp refuses names its call', () => {
		const contradiction: SeccompSyscall[] = [
			{ names: ['personality'], action: 'SCMP_ACT_ERRNO', args: [{ index: 6, value: 0n, op: 'SCMP_CMP_EQ' }] },
		];
		expect(() => compileFilter({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: contradiction })).toThrow(
			expect.objectContaining({ message: expect.stringContaining('for personality') }),
		);
	});
});

test('the key of a filter depends on what changes the program, and on nothing else', () => {
	const base: Seccomp = { defaultAction: 'SCMP_ACT_ERRNO', syscalls: [{ names: ['read'], action: 'SCMP_ACT_ALLOW' }] };
	const compiler = (version: string, architecture = x86_64) => ({
		...native(),
		seccompLibrary: () => ({ version, architecture }),
	});
	const key = filterKey(base, compiler('2.5.4'));
	expect(key).toMatch(/^[0-9a-f]{64}$/);
	expect(filterKey({ ...base, listenerPath: '/a', flags: [] }, compiler('2.5.4'))).toBe(key);
	const others = [
		filterKey(base, compiler('2.5.5')),
		filterKey(base, compiler('2.5.4', i386)),
		filterKey({ ...base, defaultErrnoRet: 1 }, compiler('2.5.4')),
		filterKey({ ...base, architectures: ['SCMP_ARCH_X86'] }, compiler('2.5.4')),
		filterKey({ ...base, syscalls: [{ names: ['write'], action: 'SCMP_ACT_ALLOW' }] }, compiler('2.5.4')),
	];
	expect(new Set([key, ...others]).size).toBe(6);
});

test('a build without libseccomp says so', () => {
	const compiler = { ...native(), seccompLibrary: () => undefined };
	expect(() => compileFilter({ defaultAction: 'SCMP_ACT_ALLOW' }, compiler)).toThrow(
		expect.objectContaining({ code: 'ERR_HOST_UNSUPPORTED', hint: expect.stringContaining('libseccomp-dev') }),
	);
});
