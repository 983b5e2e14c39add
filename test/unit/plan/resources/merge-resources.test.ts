import { mergeResources } from '../../../../lib/plan/resources/merge-resources.js';

test('what is left out stays', () => {
	const before = { memory: { limit: 1n, reservation: 2n }, cpu: { shares: 3n }, pids: { limit: 4n } };
	expect(mergeResources(before, {})).toEqual(before);
	expect(mergeResources(before, { memory: { limit: 5n, swap: undefined }, cpu: { quota: 6n } })).toEqual({
		memory: { limit: 5n, reservation: 2n },
		cpu: { shares: 3n, quota: 6n },
		pids: { limit: 4n },
	});
});

test('device rules are not changed', () => {
	const devices = [{ allow: false, access: 'rwm' }];
	expect(mergeResources({ devices }, { devices: [] })).toEqual({ devices });
	expect(mergeResources({}, { devices })).toEqual({});
});

test('unlimited memory takes the limit of memory and swap with it', () => {
	const before = { memory: { limit: 5n, swap: 9n } };
	expect(mergeResources(before, { memory: { limit: -1n } }).memory).toEqual({ limit: -1n, swap: -1n });
	expect(mergeResources(before, { memory: { limit: -1n, swap: 7n } }).memory).toEqual({ limit: -1n, swap: 7n });
});

test('lists by device and by page size are changed entry by entry', () => {
	const before = {
		blockIO: {
			weight: 10,
			weightDevice: [{ major: 8, minor: 0, weight: 20, leafWeight: 30 }],
			throttleReadBpsDevice: [
				{ major: 8, minor: 0, rate: 1n },
				{ major: 8, minor: 16, rate: 2n },
			],
		},
		hugepageLimits: [{ pageSize: '2MB', limit: 1n }],
		rdma: { a: { hcaHandles: 1 }, b: { hcaHandles: 2 } },
		unified: { 'pids.max': '5' },
	};
	const change = {
		blockIO: {
			weightDevice: [{ major: 8, minor: 0, weight: 40 }],
			throttleReadBpsDevice: [
				{ major: 8, minor: 16, rate: 3n },
				{ major: 8, minor: 32, rate: 4n },
			],
		},
		hugepageLimits: [{ pageSize: '1GB', limit: 7n }],
		rdma: { b: { hcaObjects: 9 } },
		unified: { 'memory.high': '6' },
	};
	expect(mergeResources(before, change)).toEqual({
		blockIO: {
			weight: 10,
			weightDevice: [{ major: 8, minor: 0, weight: 40, leafWeight: 30 }],
			throttleReadBpsDevice: [
				{ major: 8, minor: 0, rate: 1n },
				{ major: 8, minor: 16, rate: 3n },
				{ major: 8, minor: 32, rate: 4n },
			],
		},
		hugepageLimits: [
			{ pageSize: '2MB', limit: 1n },
			{ pageSize: '1GB', limit: 7n },
		],
		rdma: { a: { hcaHandles: 1 }, b: { hcaHandles: 2, hcaObjects: 9 } },
		unified: { 'pids.max': '5', 'memory.high': '6' },
	});
});
