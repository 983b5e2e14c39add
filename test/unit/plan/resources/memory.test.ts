import { compileLimits } from '../../../../lib/plan/resources/compile-limits.js';
import type { Resources } from '../../../../lib/spec/index.js';
import { compiled, legacy, unified, writes } from './compiled.js';

const mebibyte = 1n << 20n;
const memory = (members: NonNullable<Resources['memory']>) => ({ memory: members });

describe('cgroup v1', () => {
	test('everything', () => {
		const asked = memory({
			limit: 64n * mebibyte,
			swap: 96n * mebibyte,
			reservation: 32n * mebibyte,
			swappiness: 0n,
			disableOOMKiller: true,
		});
		expect(compiled(legacy, asked).groups).toEqual([
			['/v1/memory/c/memory.limit_in_bytes = 67108864', '/v1/memory/c/memory.memsw.limit_in_bytes = 100663296'],
			['/v1/memory/c/memory.soft_limit_in_bytes = 33554432'],
			['/v1/memory/c/memory.oom_control = 1'],
			['/v1/memory/c/memory.swappiness = 0'],
		]);
	});

	test('unlimited memory lifts the limit of memory and swap as well', () => {
		expect(writes(legacy, memory({ limit: -1n }))).toEqual([
			'/v1/memory/c/memory.limit_in_bytes = -1',
			'/v1/memory/c/memory.memsw.limit_in_bytes = -1',
		]);
	});

	test('but not one that was given', () => {
		expect(writes(legacy, memory({ limit: -1n, swap: 5n }))).toEqual([
			'/v1/memory/c/memory.limit_in_bytes = -1',
			'/v1/memory/c/memory.memsw.limit_in_bytes = 5',
		]);
	});

	test('the OOM killer is turned on again where it may have been off', () => {
		const asked = memory({ disableOOMKiller: false });
		expect(writes(legacy, asked)).toEqual([]);
		expect(writes(legacy, asked, { fresh: false })).toEqual(['/v1/memory/c/memory.oom_control = 0']);
	});
});

describe('cgroup v2', () => {
	test('everything', () => {
		const asked = memory({ limit: 64n * mebibyte, swap: 96n * mebibyte, reservation: 32n * mebibyte });
		expect(compiled(unified, asked).groups).toEqual([
			['/v2/c/memory.swap.max = 33554432', '/v2/c/memory.max = 67108864'],
			['/v2/c/memory.low = 33554432'],
		]);
	});

	test.each([
		['no swap at all', { limit: 5n, swap: 5n }, ['memory.swap.max = 0', 'memory.max = 5']],
		['unlimited swap', { limit: 5n, swap: -1n }, ['memory.swap.max = max', 'memory.max = 5']],
		['unlimited swap alone', { swap: -1n }, ['memory.swap.max = max']],
		['unlimited memory', { limit: -1n }, ['memory.swap.max = max', 'memory.max = max']],
		['unlimited memory, limited swap', { limit: -1n, swap: 7n }, ['memory.swap.max = 7', 'memory.max = max']],
		['memory alone', { limit: 5n }, ['memory.max = 5']],
		['swap "not set"', { limit: 5n, swap: 0n }, ['memory.max = 5']],
		['unlimited reservation', { reservation: -1n }, ['memory.low = max']],
		['nothing', { limit: 0n, swap: 0n, reservation: 0n }, []],
	])('%s', (_, members, files) => {
		expect(writes(unified, memory(members))).toEqual(files.map((file) => `/v2/c/${file}`));
	});

	test.each([
		[{ swap: 5n }, '/at/memory/swap: on cgroup v2 a limit of memory and swap together needs a limit of memory'],
		[{ limit: 7n, swap: 5n }, '/at/memory/swap: must not be less than the memory limit 7, found 5'],
	])('%p is refused', (members, fault) => {
		expect(compiled(unified, memory(members)).faults).toEqual([fault]);
	});

	test('what v2 does not have is refused, its defaults are not', () => {
		const { faults } = compiled(unified, memory({ swappiness: 60n, disableOOMKiller: true }));
		expect(faults).toEqual([
			expect.stringMatching(/^\/at\/memory\/swappiness: cannot be had on cgroup v2/),
			expect.stringMatching(/^\/at\/memory\/disableOOMKiller: cannot be had on cgroup v2/),
		]);
		const defaults = compiled(unified, memory({ disableOOMKiller: false, useHierarchy: true }));
		expect([...defaults.faults, ...defaults.warnings]).toEqual([]);
	});

	test('a new memory limit moves that of swap, which is given together with it', () => {
		const whole = memory({ limit: 40n, swap: 50n });
		expect(writes(unified, memory({ limit: 40n }), { whole })).toEqual([
			'/v2/c/memory.swap.max = 10',
			'/v2/c/memory.max = 40',
		]);
	});
});

test.each([legacy, unified])('kernel memory is ignored, and said to be ($mode)', (layout) => {
	const { groups, warnings } = compiled(layout, memory({ kernel: -1n, useHierarchy: false }));
	expect(groups).toEqual([]);
	expect(warnings.map((warning) => warning.split(':')[0])).toEqual(['/at/memory/kernel', '/at/memory/useHierarchy']);
});

test('buffers of TCP have a limit on v1, and are said to count as memory on v2', () => {
	expect(writes(legacy, memory({ kernelTCP: 5n }))).toEqual(['/v1/memory/c/memory.kmem.tcp.limit_in_bytes = 5']);
	const { groups, warnings } = compiled(unified, memory({ kernelTCP: 5n }));
	expect(groups).toEqual([]);
	expect(warnings.map((warning) => warning.split(':')[0])).toEqual(['/at/memory/kernelTCP']);
});

test('checkBeforeUpdate has the usage looked at, on v2 alone', () => {
	const asked = memory({ limit: 5n, swap: 9n, checkBeforeUpdate: true });
	const usages = (layout: typeof unified) => {
		const target = { layout, directories: { unified: '/v2/c', v1: layout === legacy ? { memory: '/v1/c' } : {} } };
		const sources = { asked, whole: asked, fresh: true, target, at: '', file: '', warn: () => {} };
		return compileLimits(sources).groups.flatMap(({ writes }) => writes.map(({ usage }) => usage));
	};
	expect(usages(unified)).toEqual([
		expect.objectContaining({
			refuse: true,
			limit: '9',
			current: ['/v2/c/memory.current', '/v2/c/memory.swap.current'],
		}),
		expect.objectContaining({ refuse: true, limit: '5', current: ['/v2/c/memory.current'] }),
	]);
	expect(usages(legacy).map((usage) => usage?.refuse)).toEqual([false, undefined]);
});
