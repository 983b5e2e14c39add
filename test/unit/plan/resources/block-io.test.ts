import { costWeight } from '../../../../lib/plan/resources/block-io.js';
import { compileLimits } from '../../../../lib/plan/resources/compile-limits.js';
import { compiled, legacy, unified, writes } from './compiled.js';

const blockIO = {
	weight: 500,
	weightDevice: [{ major: 8, minor: 16, weight: 1000 }],
	throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1048576n }],
	throttleWriteBpsDevice: [{ major: 8, minor: 0, rate: 2n ** 64n - 1n }],
	throttleReadIOPSDevice: [{ major: 8, minor: 0, rate: 10n }],
	throttleWriteIOPSDevice: [{ major: 8, minor: 0, rate: 0n }],
};

test('cgroup v1', () => {
	expect(writes(legacy, { blockIO })).toEqual([
		'/v1/blkio/c/blkio.weight = 500',
		'/v1/blkio/c/blkio.weight_device = 8:16 1000',
		'/v1/blkio/c/blkio.throttle.read_bps_device = 8:0 1048576',
		'/v1/blkio/c/blkio.throttle.write_bps_device = 8:0 18446744073709551615',
		'/v1/blkio/c/blkio.throttle.read_iops_device = 8:0 10',
		'/v1/blkio/c/blkio.throttle.write_iops_device = 8:0 0',
	]);
});

test('cgroup v2, where a rate of 0 is no value', () => {
	expect(writes(unified, { blockIO })).toEqual([
		'/v2/c/io.bfq.weight = 500',
		'/v2/c/io.bfq.weight = 8:16 1000',
		'/v2/c/io.max = 8:0 rbps=1048576',
		'/v2/c/io.max = 8:0 wbps=18446744073709551615',
		'/v2/c/io.max = 8:0 riops=10',
		'/v2/c/io.max = 8:0 wiops=max',
	]);
});

test.each([
	[10, 1],
	[11, 11],
	[100, 910],
	[500, 4950],
	[1000, 10_000],
])('without BFQ a weight of %d is %d', (weight, cost) => {
	expect(costWeight(weight)).toBe(cost);
	const directories = { unified: '/v2/c', v1: {} };
	const target = { layout: unified, directories };
	const asked = { blockIO: { weight, weightDevice: [{ major: 8, minor: 0, weight }] } };
	const { groups } = compileLimits({ asked, whole: asked, fresh: true, target, at: '', file: '', warn: () => {} });
	expect(groups.flatMap(({ writes }) => writes.map(({ otherwise }) => otherwise))).toEqual([
		{ file: '/v2/c/io.weight', value: `${cost}` },
		{ file: '/v2/c/io.weight', value: `8:0 ${cost}` },
	]);
});

test('leaf weights: files of v1, refused on v2', () => {
	const asked = { blockIO: { leafWeight: 300, weightDevice: [{ major: 8, minor: 0, leafWeight: 200 }] } };
	expect(writes(legacy, asked)).toEqual([
		'/v1/blkio/c/blkio.leaf_weight = 300',
		'/v1/blkio/c/blkio.leaf_weight_device = 8:0 200',
	]);
	expect(compiled(unified, asked).faults).toEqual([
		expect.stringMatching(/^\/at\/blockIO\/leafWeight: cannot be had on cgroup v2/),
	]);
});

test.each([legacy, unified])('zeros and empty lists ask for nothing ($mode)', (layout) => {
	expect(
		writes(layout, { blockIO: { weight: 0, leafWeight: 0, weightDevice: [], throttleReadBpsDevice: [] } }),
	).toEqual([]);
});
