/** A filter of system calls. */
export interface Seccomp {
	/** For every call that no rule speaks of. */
	defaultAction: SeccompAction;
	/** Errno of a default action SCMP_ACT_ERRNO or SCMP_ACT_TRACE; EPERM if absent. */
	defaultErrnoRet?: number | undefined;
	/** Beside the machine's own. */
	architectures?: SeccompArchitecture[] | undefined;
	/** Flags of seccomp(2). */
	flags?: SeccompFlag[] | undefined;
	/** Unix socket of the agent that answers SCMP_ACT_NOTIFY; not needed with `onSyscall`. */
	listenerPath?: string | undefined;
	/** Handed to the agent as it is. */
	listenerMetadata?: string | undefined;
	/** Rules. */
	syscalls?: SeccompSyscall[] | undefined;
}

/** What happens to a call (seccomp(2)). */
export type SeccompAction =
	| 'SCMP_ACT_KILL'
	| 'SCMP_ACT_KILL_PROCESS'
	| 'SCMP_ACT_KILL_THREAD'
	| 'SCMP_ACT_TRAP'
	| 'SCMP_ACT_ERRNO'
	| 'SCMP_ACT_TRACE'
	| 'SCMP_ACT_ALLOW'
	| 'SCMP_ACT_LOG'
	| 'SCMP_ACT_NOTIFY';

/** Comparisons (seccomp_rule_add(3)). */
export type SeccompOperator =
	| 'SCMP_CMP_NE'
	| 'SCMP_CMP_LT'
	| 'SCMP_CMP_LE'
	| 'SCMP_CMP_EQ'
	| 'SCMP_CMP_GE'
	| 'SCMP_CMP_GT'
	| 'SCMP_CMP_MASKED_EQ';

/** Flags of seccomp(2). */
export type SeccompFlag =
	| 'SECCOMP_FILTER_FLAG_TSYNC'
	| 'SECCOMP_FILTER_FLAG_LOG'
	| 'SECCOMP_FILTER_FLAG_SPEC_ALLOW'
	| 'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV';

/** Architectures, by libseccomp's names. */
export type SeccompArchitecture =
	| 'SCMP_ARCH_X86'
	| 'SCMP_ARCH_X86_64'
	| 'SCMP_ARCH_X32'
	| 'SCMP_ARCH_ARM'
	| 'SCMP_ARCH_AARCH64'
	| 'SCMP_ARCH_LOONGARCH64'
	| 'SCMP_ARCH_M68K'
	| 'SCMP_ARCH_MIPS'
	| 'SCMP_ARCH_MIPS64'
	| 'SCMP_ARCH_MIPS64N32'
	| 'SCMP_ARCH_MIPSEL'
	| 'SCMP_ARCH_MIPSEL64'
	| 'SCMP_ARCH_MIPSEL64N32'
	| 'SCMP_ARCH_PPC'
	| 'SCMP_ARCH_PPC64'
	| 'SCMP_ARCH_PPC64LE'
	| 'SCMP_ARCH_S390'
	| 'SCMP_ARCH_S390X'
	| 'SCMP_ARCH_SH'
	| 'SCMP_ARCH_SHEB'
	| 'SCMP_ARCH_PARISC'
	| 'SCMP_ARCH_PARISC64'
	| 'SCMP_ARCH_RISCV64';

/** One rule. */
export interface SeccompSyscall {
	/** Calls, by the names in their manual pages. */
	names: string[];
	/** What happens to them. */
	action: SeccompAction;
	/** Errno of SCMP_ACT_ERRNO or SCMP_ACT_TRACE; EPERM if absent. */
	errnoRet?: number | undefined;
	/** All of them have to hold. */
	args?: SeccompArgument[] | undefined;
}

/** A condition on an argument of a call. */
export interface SeccompArgument {
	/** Which one, from 0 on. */
	index: number;
	/** What it is compared with; the mask, of SCMP_CMP_MASKED_EQ. */
	value: bigint;
	/** What it is compared with, of SCMP_CMP_MASKED_EQ. */
	valueTwo?: bigint | undefined;
	/** How. */
	op: SeccompOperator;
}
