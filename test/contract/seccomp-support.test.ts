import { native } from '../../lib/native/index.js';
import { features } from '../../lib/runtime/features.js';
import { seccompSupport } from '../../lib/seccomp/support.js';

const flags = [
	'SECCOMP_FILTER_FLAG_LOG',
	'SECCOMP_FILTER_FLAG_SPEC_ALLOW',
	'SECCOMP_FILTER_FLAG_TSYNC',
	'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV',
];

test('features say what profiles may contain', () => {
	const { linux, annotations } = features();
	expect(linux['seccomp']).toMatchObject({
		enabled: true,
		actions: expect.arrayContaining(['SCMP_ACT_ERRNO', 'SCMP_ACT_KILL', 'SCMP_ACT_NOTIFY']),
		operators: expect.arrayContaining(['SCMP_CMP_EQ', 'SCMP_CMP_MASKED_EQ']),
		archs: expect.arrayContaining(['SCMP_ARCH_X86_64', 'SCMP_ARCH_LOONGARCH64', 'SCMP_ARCH_SHEB']),
		knownFlags: flags,
	});
	const { actions, operators, archs, supportedFlags } = seccompSupport();
	expect([actions, operators, archs].map((list) => list?.length)).toEqual([9, 7, 23]);
	expect(flags).toEqual(expect.arrayContaining([...(supportedFlags ?? [])]));
	expect(annotations['io.github.seccomp.libseccomp.version']).toMatch(/^\d+\.\d+\.\d+$/);
});

test('flags are supported as far as the kernel takes them', () => {
	const taking = (...known: number[]) => ({ ...native(), seccompKnowsFlags: (flag: number) => known.includes(flag) });
	expect(seccompSupport(taking(1, 2, 4, 40)).supportedFlags).toEqual(flags);
	expect(seccompSupport(taking(2)).supportedFlags).toEqual(['SECCOMP_FILTER_FLAG_LOG']);
	expect(native().seccompKnowsFlags(1 << 30)).toBe(false);
});

test('a build without libseccomp has none', () => {
	expect(seccompSupport({ ...native(), seccompLibrary: () => undefined })).toEqual({ enabled: false });
});
