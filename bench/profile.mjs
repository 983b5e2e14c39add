import { native } from '../dist/lib/native/index.js';

/** Numbers of calls lie below this on every architecture that tsrun knows. */
const numbers = 470;

/**
 * A seccomp profile of the size that engines ship: EPERM for what is not named; every call that libseccomp has a name for
 * is allowed, one of them under conditions.
 */
export function largeProfile() {
	const { architecture } = native().seccompLibrary();
	const names = Array.from({ length: numbers }, (_, number) => native().seccompCallName(architecture, number));
	const equals = (index, value) => ({ index, value, op: 'SCMP_CMP_EQ' });
	return {
		defaultAction: 'SCMP_ACT_ERRNO',
		defaultErrnoRet: 1,
		architectures: process.arch === 'x64' ? ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'] : undefined,
		syscalls: [
			{
				names: names.filter((name) => name !== undefined && name !== 'personality'),
				action: 'SCMP_ACT_ALLOW',
			},
			...[0, 8, 0x20000, 0x20008, 0xffffffff].map((value) => ({
				names: ['personality'],
				action: 'SCMP_ACT_ALLOW',
				args: [equals(0, value)],
			})),
		],
	};
}
