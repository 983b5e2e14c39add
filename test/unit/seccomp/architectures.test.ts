import {
	type Architecture,
	architectureOf,
	architectureTokens,
	compiledArchitectures,
} from '../../../lib/seccomp/architectures.js';
import { seccompArchitectures } from '../../../lib/spec/schema/seccomp.js';

const tokens = (...names: Architecture[]) => names.map((name) => architectureTokens[name]);

test('every architecture of the runtime-spec has a token of its own', () => {
	expect(Object.keys(architectureTokens).sort()).toEqual([...seccompArchitectures].sort());
	expect(new Set(Object.values(architectureTokens)).size).toBe(23);
});

test("the machine's own comes first, asked for or not", () => {
	const native = architectureTokens.SCMP_ARCH_X86_64;
	expect(compiledArchitectures(undefined, native)).toEqual([native]);
	expect(compiledArchitectures([], native)).toEqual([native]);
	expect(compiledArchitectures(['SCMP_ARCH_X86', 'SCMP_ARCH_X32', 'SCMP_ARCH_X86'], native)).toEqual(
		tokens('SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'),
	);
});

test('what this kernel cannot serve is left out', () => {
	const all = [...seccompArchitectures];
	expect(compiledArchitectures(all, architectureTokens.SCMP_ARCH_AARCH64)).toEqual(
		tokens('SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'),
	);
	expect(compiledArchitectures(all, architectureTokens.SCMP_ARCH_S390X).sort()).toEqual(
		tokens('SCMP_ARCH_S390X', 'SCMP_ARCH_S390').sort(),
	);
	expect(compiledArchitectures(all, architectureTokens.SCMP_ARCH_RISCV64)).toEqual(tokens('SCMP_ARCH_RISCV64'));
});

test('a number of x32 is told by its bit', () => {
	const { SCMP_ARCH_X86_64, SCMP_ARCH_X32 } = architectureTokens;
	expect(architectureOf(SCMP_ARCH_X86_64, 1)).toEqual([SCMP_ARCH_X86_64, 'SCMP_ARCH_X86_64']);
	expect(architectureOf(SCMP_ARCH_X86_64, 0x40000001)).toEqual([SCMP_ARCH_X32, 'SCMP_ARCH_X32']);
	expect(architectureOf(0x12345678, 1)).toEqual([0x12345678, undefined]);
});
