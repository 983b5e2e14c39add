import { resourceProperties } from '../../../../lib/plan/systemd/resource-properties.js';
import { parseResources } from '../../../harness/parse-spec.js';

const v2 = { version: 257, unified: true };
const infinity = 2n ** 64n - 1n;

function properties(resources: object, target = v2): Record<string, unknown> {
	const list = resourceProperties(parseResources(JSON.stringify(resources), 'resources'), target);
	return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}

test.each([
	[{ memory: { limit: 10, swap: 30 } }, { MemoryMax: 10n, MemorySwapMax: 20n }],
	[{ memory: { limit: 10 } }, { MemoryMax: 10n }],
	[{ memory: { limit: -1 } }, { MemoryMax: infinity, MemorySwapMax: infinity }],
	[{ memory: { limit: 10, swap: -1 } }, { MemoryMax: 10n, MemorySwapMax: infinity }],
	[{ memory: { reservation: 5 } }, { MemoryLow: 5n }],
	[{ pids: { limit: -1 } }, { TasksMax: infinity }],
	[{ pids: { limit: 0 } }, { TasksMax: 1n }],
	[{ cpu: { shares: 1024 } }, { CPUWeight: 100n }],
	[{ cpu: { shares: 1024, idle: 1 } }, { CPUWeight: 0n }],
	[{ cpu: { cpus: '0,9', mems: '1' } }, { AllowedCPUs: [1, 2], AllowedMemoryNodes: [2] }],
	[{ blockIO: { weight: 10 } }, { IOWeight: 1n }],
	[{}, {}],
])('%j on v2', (resources, expected) => {
	expect(properties(resources)).toEqual(expected);
});

test.each([
	[{ quota: 10_000 }, { CPUQuotaPerSecUSec: 100_000n }],
	// A third of a percent is a whole one: never less than what was asked for.
	[
		{ quota: 1_000, period: 300_000 },
		{ CPUQuotaPeriodUSec: 300_000n, CPUQuotaPerSecUSec: 10_000n },
	],
	[{ quota: -1 }, { CPUQuotaPerSecUSec: infinity }],
	[{ period: 50_000 }, { CPUQuotaPeriodUSec: 50_000n, CPUQuotaPerSecUSec: infinity }],
])('a quota of %j', (cpu, expected) => {
	expect(properties({ cpu })).toEqual(expected);
});

test('on v1 the properties are other ones', () => {
	const resources = {
		memory: { limit: 10, swap: 20, reservation: 5 },
		cpu: { shares: 512, cpus: '0' },
		blockIO: { weight: 500 },
		pids: { limit: 3 },
	};
	expect(properties(resources, { version: 247, unified: false })).toEqual({
		MemoryLimit: 10n,
		CPUShares: 512n,
		BlockIOWeight: 500n,
		TasksMax: 3n,
	});
});

test('what an older systemd does not know it is not told', () => {
	const cpu = { quota: 10_000, period: 50_000, cpus: '0', idle: 1 };
	expect(properties({ cpu }, { version: 239, unified: true })).toEqual({ CPUQuotaPerSecUSec: 200_000n });
});

test('files of unified have the last word, and what systemd cannot read is left to the kernel', () => {
	const unified = {
		'memory.max': 'max',
		'memory.high': '100',
		'cpu.max': '20000 100000',
		'cpu.weight': 'default 50',
		'cpuset.cpus': '0-1',
		'cpuset.mems': 'none',
		'pids.max': '0',
		'hugetlb.2MB.max': '5',
		'io.weight': '8:0 50',
	};
	expect(properties({ memory: { limit: 10 }, unified })).toEqual({
		MemoryMax: infinity,
		MemoryHigh: 100n,
		CPUQuotaPeriodUSec: 100_000n,
		CPUQuotaPerSecUSec: 200_000n,
		CPUWeight: 50n,
		AllowedCPUs: [3],
		TasksMax: 1n,
	});
});
