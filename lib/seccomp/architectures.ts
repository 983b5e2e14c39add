import type { SeccompArchitecture } from '../spec/types.js';

/** An architecture whose system calls are counted, by libseccomp's name. */
export type Architecture = SeccompArchitecture;

/** __X32_SYSCALL_BIT of asm/unistd.h. */
export const x32Bit = 0x40000000;

/** libseccomp's tokens. All but that of x32 are the AUDIT_ARCH_* that the kernel puts into struct seccomp_data. */
export const architectureTokens: Readonly<Record<Architecture, number>> = {
	SCMP_ARCH_X86: 0x40000003,
	SCMP_ARCH_X86_64: 0xc000003e,
	SCMP_ARCH_X32: 0x4000003e,
	SCMP_ARCH_ARM: 0x40000028,
	SCMP_ARCH_AARCH64: 0xc00000b7,
	SCMP_ARCH_LOONGARCH64: 0xc0000102,
	SCMP_ARCH_M68K: 0x00000004,
	SCMP_ARCH_MIPS: 0x00000008,
	SCMP_ARCH_MIPS64: 0x80000008,
	SCMP_ARCH_MIPS64N32: 0xa0000008,
	SCMP_ARCH_MIPSEL: 0x40000008,
	SCMP_ARCH_MIPSEL64: 0xc0000008,
	SCMP_ARCH_MIPSEL64N32: 0xe0000008,
	SCMP_ARCH_PPC: 0x00000014,
	SCMP_ARCH_PPC64: 0x80000015,
	SCMP_ARCH_PPC64LE: 0xc0000015,
	SCMP_ARCH_S390: 0x00000016,
	SCMP_ARCH_S390X: 0x80000016,
	SCMP_ARCH_SH: 0x4000002a,
	SCMP_ARCH_SHEB: 0x0000002a,
	SCMP_ARCH_PARISC: 0x0000000f,
	SCMP_ARCH_PARISC64: 0x8000000f,
	SCMP_ARCH_RISCV64: 0xc00000f3,
};

/** The token and name that a number of this AUDIT_ARCH_* counts by: x32 has no AUDIT_ARCH_* of its own, but a bit. */
export function architectureOf(audit: number, number: number): [token: number, name: Architecture | undefined] {
	const isX32 = audit === architectureTokens.SCMP_ARCH_X86_64 && (number & x32Bit) !== 0;
	const token = isX32 ? architectureTokens.SCMP_ARCH_X32 : audit;
	const entry = Object.entries(architectureTokens).find(([, known]) => known === token);
	return [token, entry?.[0] as Architecture | undefined];
}

/** Architectures whose system calls one kernel can serve; the others serve their own alone. */
const families: readonly (readonly Architecture[])[] = [
	['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
	['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'],
	['SCMP_ARCH_MIPS64', 'SCMP_ARCH_MIPS64N32', 'SCMP_ARCH_MIPS'],
	['SCMP_ARCH_MIPSEL64', 'SCMP_ARCH_MIPSEL64N32', 'SCMP_ARCH_MIPSEL'],
	['SCMP_ARCH_PPC64', 'SCMP_ARCH_PPC'],
	['SCMP_ARCH_S390X', 'SCMP_ARCH_S390'],
	['SCMP_ARCH_PARISC64', 'SCMP_ARCH_PARISC'],
];

/**
 * Tokens of the architectures that a program is made for: the machine's own first, whether the profile has it or not
 * (libseccomp adds it; profiles written for another machine leave it out), then those of the profile's that this
 * machine's kernel serves. No call can come by any other; libseccomp refuses some of them for their byte order, and
 * does not know the youngest.
 *
 * @param native token of the machine's own architecture
 */
export function compiledArchitectures(asked: readonly Architecture[] | undefined, native: number): number[] {
	const family = families.find((members) => members.some((name) => architectureTokens[name] === native)) ?? [];
	const served = (asked ?? []).filter((name) => family.includes(name)).map((name) => architectureTokens[name]);
	return [...new Set([native, ...served])];
}
