import { compileLimits } from '../../../../lib/plan/resources/compile-limits.js';
import { compiled, hybrid, legacy, unified, writes } from './compiled.js';

describe('cpuset', () => {
	const asked = { cpu: { cpus: '0-1,3', mems: '0' } };

	test('is there before a process enters', () => {
		const lines = ['cpuset.cpus = 0-1,3', 'cpuset.mems = 0'];
		expect(compiled(legacy, asked).early).toEqual(lines.map((line) => `/v1/cpuset/c/${line}`));
		expect(compiled(unified, asked).early).toEqual(lines.map((line) => `/v2/c/${line}`));
	});

	test('needs no cpu controller', () => {
		expect(compiled(hybrid, asked).faults).toEqual([
			expect.stringMatching(/^\/at\/cpu\/cpus: needs the cgroup controller cpuset/),
		]);
	});
});

test.each([
	[20n, '20'],
	[-1n, 'max'],
	[-7n, 'max'],
	[0n, '1'],
	[2n ** 63n - 1n, '9223372036854775807'],
])('a pids limit of %d is %s', (limit, value) => {
	expect(writes(legacy, { pids: { limit } })).toEqual([`/v1/pids/c/pids.max = ${value}`]);
	expect(writes(unified, { pids: { limit } })).toEqual([`/v2/c/pids.max = ${value}`]);
});

test('no pids limit is none', () => {
	expect(writes(unified, { pids: {} })).toEqual([]);
});

describe('hugetlb', () => {
	const asked = { hugepageLimits: [{ pageSize: '2MB', limit: 2n ** 64n - 1n }] };

	test('used and reserved pages', () => {
		expect(compiled(legacy, asked).groups).toEqual([
			[
				'/v1/hugetlb/c/hugetlb.2MB.limit_in_bytes = 18446744073709551615',
				'/v1/hugetlb/c/hugetlb.2MB.rsvd.limit_in_bytes = 18446744073709551615',
			],
		]);
		expect(writes(unified, asked)).toEqual([
			'/v2/c/hugetlb.2MB.max = 18446744073709551615',
			'/v2/c/hugetlb.2MB.rsvd.max = 18446744073709551615',
		]);
	});

	test('is found in the unified hierarchy beside v1, and turned on there', () => {
		expect(compiled(hybrid, asked)).toMatchObject({
			groups: [[expect.stringContaining('/v2/c/hugetlb.2MB.max'), expect.anything()]],
			controllers: ['hugetlb'],
		});
	});
});

test('rdma', () => {
	const asked = { rdma: { mlx5_1: { hcaHandles: 3, hcaObjects: 10_000 }, rxe3: { hcaObjects: 0 } } };
	const lines = ['rdma.max = mlx5_1 hca_handle=3 hca_object=10000', 'rdma.max = rxe3 hca_object=0'];
	expect(writes(legacy, asked)).toEqual(lines.map((line) => `/v1/rdma/c/${line}`));
	expect(writes(unified, asked)).toEqual(lines.map((line) => `/v2/c/${line}`));
});

describe('network', () => {
	const asked = { network: { classID: 1048577, priorities: [{ name: 'eth0', priority: 500 }] } };

	test('two controllers of v1', () => {
		expect(writes(legacy, asked)).toEqual([
			'/v1/net_cls/c/net_cls.classid = 1048577',
			'/v1/net_prio/c/net_prio.ifpriomap = eth0 500',
		]);
	});

	test('nothing of it on v2', () => {
		expect(compiled(unified, asked).faults).toEqual([
			expect.stringMatching(/^\/at\/network: cannot be had on cgroup v2/),
		]);
		expect(compiled(unified, { network: { classID: 0, priorities: [] } }).faults).toEqual([]);
	});
});

describe('unified', () => {
	test('comes last, line by line', () => {
		const asked = {
			unified: { 'io.max': '259:0 rbps=2097152 wiops=120\n253:0 rbps=2097152\n', 'memory.high': '1024' },
			memory: { limit: 5n },
			pids: { limit: 7n },
		};
		expect(writes(unified, asked)).toEqual([
			'/v2/c/pids.max = 7',
			'/v2/c/memory.max = 5',
			'/v2/c/io.max = 259:0 rbps=2097152 wiops=120',
			'/v2/c/io.max = 253:0 rbps=2097152',
			'/v2/c/memory.high = 1024',
		]);
	});

	test('a line of a table is put back by itself, or taken away', () => {
		const asked = {
			unified: {
				'io.max': '8:0 wbps=5',
				'io.weight': 'default 50\n8:0 60',
				'misc.max': 'res 7',
				'rdma.max': 'mlx0 hca_handle=2',
				'pids.max': '5',
				'io.bfq.weight': '70',
			},
		};
		const layout = {
			...unified,
			unified: { mount: '/v2', root: '/', own: '/', controllers: ['io', 'misc', 'rdma', 'pids'] },
		};
		const target = { layout, directories: { unified: '/v2/c', v1: {} } };
		const { groups } = compileLimits({ asked, whole: asked, fresh: false, target, at: '', file: '', warn: () => {} });
		expect(groups.flatMap(({ writes }) => writes.map(({ entry }) => entry))).toEqual([
			{ key: '8:0', absent: '8:0 rbps=max wbps=max riops=max wiops=max' },
			{ key: 'default', absent: 'default default' },
			{ key: '8:0', absent: '8:0 default' },
			{ key: 'res', absent: 'res max' },
			{ key: 'mlx0', absent: 'mlx0 hca_handle=max hca_object=max' },
			undefined,
			undefined,
		]);
	});

	test('files of the core and of pressure need no controller', () => {
		const { controllers, groups } = compiled(hybrid, {
			unified: { 'cgroup.max.depth': '5', 'memory.pressure': 'some 1 2', 'hugetlb.2MB.max': '0' },
		});
		expect(groups).toHaveLength(3);
		expect(controllers).toEqual(['hugetlb']);
	});

	test.each([
		[legacy, 'memory.high', /needs cgroup v2, which is not mounted here/],
		[hybrid, 'memory.high', /needs the controller memory in cgroup v2: it is mounted as v1/],
		[hybrid, 'io.max', /needs the controller io in cgroup v2: the controllers there are hugetlb/],
		[unified, 'misc.max', /needs the controller misc in cgroup v2: the controllers there are cpuset, cpu, io/],
		[unified, 'nonsense', /is no file of cgroup v2/],
	])('refused: %#', (layout, file, message) => {
		const { faults } = compiled(layout, { unified: { [file]: '1' } });
		expect(faults).toEqual([expect.stringMatching(message)]);
		expect(faults[0]).toMatch(new RegExp(`^/at/unified/${file}: `));
	});
});

describe('a controller that is missing', () => {
	test('is one fault for all its limits, and all faults come together', () => {
		const asked = {
			rdma: { a: { hcaHandles: 1 }, b: { hcaHandles: 1 } },
			blockIO: { weight: 10 },
			pids: { limit: 1n },
		};
		expect(compiled(hybrid, asked).faults).toEqual([
			expect.stringMatching(
				/^\/at\/blockIO\/weight: needs the cgroup controller blkio, which .*mount -t cgroup -o blkio cgroup \/sys\/fs\/cgroup\/blkio$/,
			),
			expect.stringMatching(/^\/at\/rdma\/a: needs the cgroup controller rdma/),
		]);
	});

	test('on v2 the message says which ones there are, and to delegate it', () => {
		const layout = { ...unified, unified: { mount: '/v2', root: '/', own: '/', controllers: ['pids', 'memory'] } };
		const [fault, ...more] = compiled(layout, { cpu: { shares: 5n } }).faults;
		expect(more).toEqual([]);
		expect(fault).toMatch(
			/^\/at\/cpu\/shares: needs the cgroup controller cpu, .*pids, memory can be had here.*Delegate=/,
		);
	});

	test('without cgroups at all', () => {
		const layout = { mode: 'none' as const, v1: [] };
		expect(compiled(layout, { pids: { limit: 1n } }).faults).toEqual([
			expect.stringMatching(/mount cgroup2 at \/sys\/fs\/cgroup$/),
		]);
	});

	test('a container that was to have no cgroup cannot be limited', () => {
		expect(compiled(null, { pids: { limit: 1n } }).faults).toEqual([
			expect.stringMatching(/^\/at\/pids\/limit: there is no cgroup to limit/),
		]);
		expect(compiled(null, {}).faults).toEqual([]);
	});
});
