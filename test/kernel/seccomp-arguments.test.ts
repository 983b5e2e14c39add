import { constants } from 'node:os';
import { staticCompiler } from '../harness/call-program.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { filtered, type Profile } from '../harness/seccomp.js';

const { ENOSYS, EPERM, EXDEV } = constants.errno;
const x86_64: Requirement = { what: 'an x86-64 machine', met: () => process.arch === 'x64' };

/** getpid(2) takes no arguments, and so any. */
const getpid = { x86_64: 39, i386: 20 };

const refused = `-${EXDEV}`;
const passed = expect.stringMatching(/^\d+$/);

describeWith([root, busybox, staticCompiler, x86_64], 'seccomp conditions and architectures', () => {
	/** Refuses getpid under conditions. */
	const conditions = (...args: readonly object[]): Profile => ({
		defaultAction: 'SCMP_ACT_ALLOW',
		syscalls: [{ names: ['getpid'], action: 'SCMP_ACT_ERRNO', errnoRet: EXDEV, args }],
	});
	const calls = (...lists: string[]) => lists.map((args) => `call native ${getpid.x86_64} ${args}`).join('; ');

	// 2^52 is as far as these numbers go without losing a bit; the upper half of the argument is in it.
	const wide = 2 ** 52;

	test.each([
		['SCMP_CMP_NE', [passed, refused, refused]],
		['SCMP_CMP_LT', [passed, refused, passed]],
		['SCMP_CMP_LE', [refused, refused, passed]],
		['SCMP_CMP_EQ', [refused, passed, passed]],
		['SCMP_CMP_GE', [refused, passed, refused]],
		['SCMP_CMP_GT', [passed, passed, refused]],
	])('%s compares 64 bits', async (op, expected) => {
		const profile = conditions({ index: 3, op, value: wide });
		const results = await filtered(profile, calls(`0 0 0 ${wide}`, '0 0 0 4096', `0 0 0 ${wide + 2}`));
		expect(results).toEqual(expected);
	});

	test('SCMP_CMP_MASKED_EQ looks at the bits of its mask', async () => {
		const profile = conditions({ index: 1, op: 'SCMP_CMP_MASKED_EQ', value: wide + 15, valueTwo: wide + 5 });
		const results = await filtered(profile, calls(`0 ${wide + 5}`, `0 ${wide + 0x75}`, '0 5', `0 ${wide + 6}`));
		expect(results).toEqual([refused, refused, passed, passed]);
	});

	test('conditions on several arguments hold together, those on one are alternatives', async () => {
		const equals = (index: number, value: number) => ({ index, op: 'SCMP_CMP_EQ', value });
		expect(await filtered(conditions(equals(0, 1), equals(5, 2)), calls('1 0 0 0 0 2', '1', '0 0 0 0 0 2'))).toEqual([
			refused,
			passed,
			passed,
		]);
		const alternatives = conditions(equals(0, 1), equals(0, 3), equals(1, 9));
		expect(await filtered(alternatives, calls('1', '3', '2', '2 9'))).toEqual([refused, refused, passed, refused]);
	});

	test('ranges by alternatives are exact, where libseccomp 2.5 is not', async () => {
		const profile = conditions(
			{ index: 0, op: 'SCMP_CMP_LT', value: 0x1234_5678_9000 },
			{ index: 0, op: 'SCMP_CMP_GT', value: wide },
		);
		const results = await filtered(profile, calls('0x123456788fff', '0x123456789000', '0x123456789001', `${wide + 1}`));
		expect(results).toEqual([refused, passed, passed, refused]);
	});

	// Beyond 2^53, where numbers of JavaScript lose bits, and at both ends of what a sign would be.
	const [sign, all] = [2n ** 63n, 2n ** 64n - 1n];

	test.each([
		['SCMP_CMP_NE', [passed, refused, refused, refused]],
		['SCMP_CMP_LT', [passed, refused, passed, refused]],
		['SCMP_CMP_LE', [refused, refused, passed, refused]],
		['SCMP_CMP_EQ', [refused, passed, passed, passed]],
		['SCMP_CMP_GE', [refused, passed, refused, passed]],
		['SCMP_CMP_GT', [passed, passed, refused, passed]],
	])('%s compares without a sign, alone and among alternatives', async (op, expected) => {
		const arguments_ = [sign, sign - 1n, all, 1n].map(String);
		const one = { index: 2, op, value: String(sign) };
		// libseccomp decides about the first, our own instructions about the second.
		for (const args of [[one], [one, { index: 2, op: 'SCMP_CMP_EQ', value: String(sign + 1n) }]]) {
			const results = await filtered(conditions(...args), calls(...arguments_.map((value) => `0 0 ${value}`)));
			expect([op, args.length, results]).toEqual([op, args.length, expected]);
		}
	});

	test.each([
		['the highest bit', sign, sign, [refused, passed, refused, passed]],
		['all bits', all, all, [passed, passed, refused, passed]],
		['none of them', 0n, 0n, [refused, refused, refused, refused]],
		['bits of both halves', sign + 1n, 1n, [passed, refused, passed, refused]],
	])('SCMP_CMP_MASKED_EQ under a mask of %s', async (_, mask, bits, expected) => {
		const condition = { index: 4, op: 'SCMP_CMP_MASKED_EQ', value: String(mask), valueTwo: String(bits) };
		const never = { index: 4, op: 'SCMP_CMP_EQ', value: String(sign + 2n) };
		for (const args of [[condition], [condition, never]]) {
			const lists = [sign, sign - 1n, all, 1n].map((value) => `0 0 0 0 ${value}`);
			expect(await filtered(conditions(...args), calls(...lists))).toEqual(expected);
		}
	});

	const abis = ['native', 'i386', 'x32'].map((abi) => `call ${abi} ${abi === 'i386' ? getpid.i386 : getpid.x86_64} 7`);

	test('each architecture of the profile is filtered by its own numbers', async () => {
		const profile = {
			...conditions({ index: 0, op: 'SCMP_CMP_EQ', value: 7 }),
			architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
		};
		// The filter comes before the kernel finds out that it was built without an ABI.
		expect(await filtered(profile, abis.join('; '))).toEqual([refused, refused, refused]);
	});

	test('an architecture that the profile does not have is no way around it', async () => {
		const profile = { ...conditions(), architectures: ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_SH'] };
		const script = abis.map((line) => `${line}; echo $?`).join('; ');
		const [native, zero, ...others] = await filtered(profile, script);
		expect([native, zero]).toEqual([refused, '0']);
		expect(others.filter((line) => /^\d+$/.test(line))).toEqual(['159', '159']);
	});

	test('a number beyond the profile answers ENOSYS, one in it that is not allowed EPERM', async () => {
		const profile = {
			defaultAction: 'SCMP_ACT_ERRNO',
			architectures: ['SCMP_ARCH_X86'],
			syscalls: [{ names: Array.from(everyCall()), action: 'SCMP_ACT_ALLOW' }],
		};
		const lines = ['native 175', 'native 451', 'native 5000', 'i386 128', 'i386 5000'].map((call) => `call ${call}`);
		// 175 and 128 are init_module(2), which the profile leaves out.
		expect(await filtered(profile, lines.join('; '))).toEqual(
			[EPERM, ENOSYS, ENOSYS, EPERM, ENOSYS].map((n) => `-${n}`),
		);
	});
});

/** What busybox needs, and the call with the highest number: set_mempolicy_home_node is 450. */
function everyCall(): string[] {
	return (
		'access arch_prctl brk clone clone3 close dup2 execve exit exit_group faccessat fcntl fcntl64 fork fstat fstat64 ' +
		'fstatat64 futex getcwd getegid geteuid getgid getpid getppid getrandom getuid ioctl lseek lstat mmap mmap2 mprotect ' +
		'mremap munmap newfstatat open openat pipe poll prctl pread64 prlimit64 read readlink readlinkat rseq rt_sigaction ' +
		'rt_sigprocmask rt_sigreturn sendfile set_robust_list set_thread_area set_tid_address stat statx uname vfork wait4 ' +
		'write writev set_mempolicy_home_node'
	).split(' ');
}
