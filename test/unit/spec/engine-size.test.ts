import { defaultSpec, renderSpec } from '../../../lib/spec/index.js';
import { parseSpec } from '../../harness/parse-spec.js';

/** A config as large as a container engine writes it: some 400 system calls, two dozen conditions, bind mounts, labels. */
function engineConfig(): string {
	const spec = defaultSpec({ cgroup2: true, uid: 0, gid: 0 });
	const names = Array.from({ length: 380 }, (_, index) => `call_${index}`);
	const conditional = Array.from({ length: 25 }, (_, index) => ({
		names: ['personality'],
		action: 'SCMP_ACT_ALLOW',
		args: [{ index: 0, value: 2114060288 + index, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
	}));
	const linux = spec['linux'] as Record<string, unknown>;
	linux['seccomp'] = {
		defaultAction: 'SCMP_ACT_ERRNO',
		defaultErrnoRet: 38,
		architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
		syscalls: [{ names, action: 'SCMP_ACT_ALLOW' }, ...conditional],
	};
	const mounts = spec['mounts'] as unknown[];
	for (let index = 0; index < 15; index += 1) {
		mounts.push({ destination: `/m${index}`, type: 'bind', source: `/srv/${index}`, options: ['rbind', 'rprivate'] });
	}
	spec['annotations'] = Object.fromEntries(names.slice(0, 20).map((name) => [`org.example.${name}`, name]));
	return renderSpec(spec);
}

test('the config of an engine is read whole', () => {
	const { spec } = parseSpec(engineConfig(), 'config.json');
	expect(spec.linux?.seccomp?.syscalls).toHaveLength(26);
	expect(spec.linux?.seccomp?.syscalls?.[0]?.names).toHaveLength(380);
	expect(spec.linux?.seccomp?.syscalls?.[25]?.args?.[0]?.value).toBe(2114060312n);
	expect(spec.mounts).toHaveLength(22);
});

test('one large limit changes how it is read, not what is read', () => {
	const text = engineConfig();
	const exact = text
		.replace('"soft": 1024', '"soft": 18446744073709551615')
		.replace('"hard": 1024', '"hard": 18446744073709551615');
	const { spec } = parseSpec(exact, 'config.json');
	expect(spec.process?.rlimits).toEqual([{ type: 'RLIMIT_NOFILE', soft: 2n ** 64n - 1n, hard: 2n ** 64n - 1n }]);
	const plain = parseSpec(text, 'config.json').spec;
	expect({ ...spec, process: undefined }).toEqual({ ...plain, process: undefined });
});
