import {
	freeText,
	oneOf,
	oneOrMoreTexts,
	optionalNames,
	optionalText,
	optionalUint32,
	optionalUint64,
	uint32,
	uint64,
} from './scalars.js';
import { array, object, optional, prepared } from './shape.js';

export const seccompActions = [
	'SCMP_ACT_KILL',
	'SCMP_ACT_KILL_PROCESS',
	'SCMP_ACT_KILL_THREAD',
	'SCMP_ACT_TRAP',
	'SCMP_ACT_ERRNO',
	'SCMP_ACT_TRACE',
	'SCMP_ACT_ALLOW',
	'SCMP_ACT_LOG',
	'SCMP_ACT_NOTIFY',
] as const;

export const seccompOperators = [
	'SCMP_CMP_NE',
	'SCMP_CMP_LT',
	'SCMP_CMP_LE',
	'SCMP_CMP_EQ',
	'SCMP_CMP_GE',
	'SCMP_CMP_GT',
	'SCMP_CMP_MASKED_EQ',
] as const;

export const seccompFlags = [
	'SECCOMP_FILTER_FLAG_TSYNC',
	'SECCOMP_FILTER_FLAG_LOG',
	'SECCOMP_FILTER_FLAG_SPEC_ALLOW',
	'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV',
] as const;

export const seccompArchitectures = [
	'SCMP_ARCH_X86',
	'SCMP_ARCH_X86_64',
	'SCMP_ARCH_X32',
	'SCMP_ARCH_ARM',
	'SCMP_ARCH_AARCH64',
	'SCMP_ARCH_LOONGARCH64',
	'SCMP_ARCH_M68K',
	'SCMP_ARCH_MIPS',
	'SCMP_ARCH_MIPS64',
	'SCMP_ARCH_MIPS64N32',
	'SCMP_ARCH_MIPSEL',
	'SCMP_ARCH_MIPSEL64',
	'SCMP_ARCH_MIPSEL64N32',
	'SCMP_ARCH_PPC',
	'SCMP_ARCH_PPC64',
	'SCMP_ARCH_PPC64LE',
	'SCMP_ARCH_S390',
	'SCMP_ARCH_S390X',
	'SCMP_ARCH_SH',
	'SCMP_ARCH_SHEB',
	'SCMP_ARCH_PARISC',
	'SCMP_ARCH_PARISC64',
	'SCMP_ARCH_RISCV64',
] as const;

const action = oneOf(seccompActions);

const argumentSchema = object({
	index: uint32,
	value: uint64,
	valueTwo: optionalUint64,
	op: oneOf(seccompOperators),
});

const syscallSchema = object({
	names: oneOrMoreTexts,
	action,
	errnoRet: optionalUint32,
	args: optional(array(argumentSchema)),
});

const seccompSchema = object({
	defaultAction: action,
	defaultErrnoRet: optionalUint32,
	architectures: optionalNames(seccompArchitectures),
	flags: optionalNames(seccompFlags),
	listenerPath: optionalText,
	// Travels to the agent inside JSON, so any text goes.
	listenerMetadata: optional(freeText),
	syscalls: optional(array(syscallSchema)),
});

/** runc takes a profile that says nothing for none: it is what Go writes for a struct that nobody has filled in. */
export const optionalSeccomp = optional(
	prepared((input) => (saysNothing(input) ? undefined : input), optional(seccompSchema)),
);

function saysNothing(input: unknown): boolean {
	if (typeof input !== 'object' || input === null) return false;
	const { defaultAction = '', syscalls = [] } = input as { defaultAction?: unknown; syscalls?: unknown };
	return defaultAction === '' && Array.isArray(syscalls) && syscalls.length === 0;
}
