import { noSuchCall } from './actions.js';
import { architectureTokens, x32Bit } from './architectures.js';
import { answer, branch, field, type Instruction, jump, load } from './bpf.js';

/** What the prologue says about the calls of one architecture. */
export interface ArchitectureCalls {
	/** Token of libseccomp. */
	readonly architecture: number;
	/** The largest number of a call that the profile names: what is beyond it does not exist. Undefined: all may exist. */
	readonly newest: number | undefined;
	/** Actions for calls that libseccomp does not know, by their numbers. */
	readonly young: ReadonlyMap<number, number>;
}

const {
	SCMP_ARCH_X86_64: x86_64,
	SCMP_ARCH_X32: x32,
	SCMP_ARCH_S390: s390,
	SCMP_ARCH_S390X: s390x,
} = architectureTokens;

/**
 * Instructions to put in front of the filter that libseccomp made. Two things are said there:
 *
 * - Calls younger than the profile are answered with ENOSYS. A libc that tries a new call first then falls back to the
 *   old one, where EPERM would make it fail: images rely on it since clone3(2) and faccessat2(2) appeared. The order of
 *   numbers stands for the order of age; that is nearly exact (close_range(2) is younger than its neighbours).
 * - Calls of the profile that are younger than libseccomp get the action the profile has for them.
 *
 * What is not answered falls through to the filter.
 */
export function prologue(calls: readonly ArchitectureCalls[]): Instruction[] {
	return calls.flatMap((entry) => {
		const { architecture } = entry;
		if (architecture === x86_64) {
			const onX32 = calls.find((other) => other.architecture === x32);
			return section(x86_64, x86Body(answers(entry), onX32 === undefined ? [] : answers(onX32)));
		}
		if (architecture === x32) return []; // in the section of x86-64
		const body = [...multiplexed(entry), ...answers(entry)];
		return section(architecture, body.length === 0 ? [] : [load(field.number), ...body]);
	});
}

function section(architecture: number, body: readonly Instruction[]): Instruction[] {
	if (body.length === 0) return [];
	return [load(field.architecture), branch('jumpIfEqual', architecture, 0, body.length), ...body];
}

function x86Body(plain: readonly Instruction[], withBit: readonly Instruction[]): Instruction[] {
	if (plain.length + withBit.length === 0) return [];
	const first = withBit.length === 0 ? plain : [...plain, jump(withBit.length)];
	return [load(field.number), branch('jumpIfBits', x32Bit, first.length, 0), ...first, ...withBit];
}

function answers({ newest, young }: ArchitectureCalls): Instruction[] {
	const beyond = newest === undefined ? [] : [branch('jumpIfGreater', newest, 0, 1), answer(noSuchCall)];
	const known = [...young].flatMap(([number, action]) => [branch('jumpIfEqual', number, 0, 1), answer(action)]);
	return [...beyond, ...known];
}

// A call that the kernel does not know arrives as number 0 there: setup(2), by which large numbers are multiplexed, and
// which nobody has called for decades.
function multiplexed({ architecture, newest }: ArchitectureCalls): Instruction[] {
	if (newest === undefined || !(architecture === s390 || architecture === s390x)) return [];
	return [branch('jumpIfEqual', 0, 0, 1), answer(noSuchCall)];
}
