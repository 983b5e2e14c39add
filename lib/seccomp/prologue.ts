import { noSuchCall } from './actions.js';
import { architectureTokens, x32Bit } from './architectures.js';
import { answer, field, type Instruction, jump, load, when } from './bpf.js';
import { decide } from './decide.js';
import type { Rule } from './rules.js';

/** What the prologue says about the calls of one architecture. */
export interface ArchitectureCalls {
	/** Token of libseccomp. */
	readonly architecture: number;
	/** The largest number of a call that the profile names: what is beyond it does not exist. Undefined: all may exist. */
	readonly newest: number | undefined;
	/** Rules of the calls, by number, that libseccomp is not trusted with. */
	readonly decided: ReadonlyMap<number, readonly Rule[]>;
	/** When none of these rules holds. */
	readonly defaultAction: number;
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
 * - Some calls are decided about at once: those that are younger than libseccomp, and those with alternative conditions,
 *   which libseccomp 2.5 gets wrong (see {@link compileFilter}).
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
		return section(architecture, [...multiplexed(entry), ...answers(entry)]);
	});
}

function section(architecture: number, body: readonly Instruction[]): Instruction[] {
	if (body.length === 0) return [];
	return [load(field.architecture), ...when('equal', architecture, [load(field.number), ...body])];
}

function x86Body(plain: readonly Instruction[], ofX32: readonly Instruction[]): Instruction[] {
	if (plain.length + ofX32.length === 0) return [];
	return [...when('bits', x32Bit, [...ofX32, jump(plain.length)]), ...plain];
}

function answers({ architecture, newest, decided, defaultAction }: ArchitectureCalls): Instruction[] {
	const beyond = newest === undefined ? [] : when('greater', newest, [answer(noSuchCall)]);
	const known = [...decided].flatMap(([number, rules]) => decide(number, rules, isWide(architecture), defaultAction));
	return [...beyond, ...known];
}

// __AUDIT_ARCH_64BIT; x32 has the registers of x86-64.
function isWide(architecture: number): boolean {
	return architecture === x32 || architecture >= 0x8000_0000;
}

// A call that the kernel does not know arrives as number 0 there: setup(2), by which large numbers are multiplexed, and
// which nobody has called for decades.
function multiplexed({ architecture, newest }: ArchitectureCalls): Instruction[] {
	if (newest === undefined || !(architecture === s390 || architecture === s390x)) return [];
	return when('equal', 0, [answer(noSuchCall)]);
}
