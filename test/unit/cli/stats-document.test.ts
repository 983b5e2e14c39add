import { statsDocument } from '../../../cli/stats-document.js';
import { type ContainerStats, jsonText } from '../../../lib/index.js';

const time = new Date(0);
const text = (stats: Omit<ContainerStats, 'time'>) => jsonText(statsDocument({ time, ...stats }));
const part = (name: string, stats: Omit<ContainerStats, 'time'>) =>
	jsonText((statsDocument({ time, ...stats }) as Record<string, unknown>)[name]);

test('of a container without controllers every member is there', () => {
	const switches =
		'"cpu_exclusive":0,"mem_hardwall":0,"mem_exclusive":0,"memory_migrate":0,"memory_spread_page":0,' +
		'"memory_spread_slab":0,"memory_pressure":0,"sched_load_balance":0,"sched_relax_domain_level":0';
	expect(text({})).toBe(
		`{"cpu":{},"cpuset":{${switches}},"memory":{},"pids":{},"blkio":{},"hugetlb":{},"intel_rdt":{},` +
			'"network_interfaces":null}',
	);
});

test('zeros are left out where runc leaves them out', () => {
	const none = { periods: 0n, throttledPeriods: 0n, throttledTime: 0n };
	expect(part('cpu', { cpu: { total: 0n, user: 0n, kernel: 0n, throttling: none } })).toBe(
		'{"usage":{"kernel":0,"user":0}}',
	);
	const throttling = { ...none, periods: 2n };
	expect(part('cpu', { cpu: { total: 9n, user: 4n, kernel: 5n, throttling } })).toBe(
		'{"usage":{"total":9,"kernel":5,"user":4},"throttling":{"periods":2}}',
	);
});

test('limits are exact, and "no limit" of memory is 2^64-1', () => {
	const usage = { current: 1n, limit: 2n ** 64n - 1n, peak: 9_007_199_254_740_993n, failures: 0n };
	const zero = { current: 0n, limit: 0n, peak: 0n, failures: 0n };
	const memory = { usage, withSwap: zero, cache: 3n, details: new Map([['anon', 18_446_744_073_709_551_615n]]) };
	expect(part('memory', { memory })).toBe(
		'{"cache":3,"usage":{"limit":18446744073709551615,"usage":1,"max":9007199254740993,"failcnt":0},' +
			'"raw":{"anon":18446744073709551615}}',
	);
});

test('"no limit" of processes is no member', () => {
	expect(part('pids', { pids: { current: 3n, limit: 2n ** 64n - 1n } })).toBe('{"current":3}');
	expect(part('pids', { pids: { current: 3n, limit: 20n } })).toBe('{"current":3,"limit":20}');
});

test('pressure keeps its fractions', () => {
	const some = { avg10: 1.53, avg60: 0.2, avg300: 0, total: 73_826n };
	const cpu = {
		total: 1n,
		user: 1n,
		kernel: 0n,
		throttling: { periods: 0n, throttledPeriods: 0n, throttledTime: 0n },
		pressure: { some, full: some },
	};
	const line = '{"avg10":1.53,"avg60":0.2,"avg300":0,"total":73826}';
	expect(part('cpu', { cpu })).toBe(`{"usage":{"total":1,"kernel":0,"user":1},"psi":{"some":${line},"full":${line}}}`);
});

test('a block device entry, huge pages and interfaces have the names of runc', () => {
	const empty = { queued: [], serviceTime: [], waitTime: [], merged: [], time: [], sectors: [], serviceBytes: [] };
	const serviced = [{ major: 8, minor: 0, operation: 'Read', value: 5n }];
	expect(part('blkio', { blockIO: { ...empty, serviced } })).toBe(
		'{"ioServicedRecursive":[{"major":8,"op":"Read","value":5}]}',
	);
	expect(part('hugetlb', { hugetlb: { '2MB': { usage: 2n, peak: 0n, failures: 0n } } })).toBe(
		'{"2MB":{"usage":2,"failcnt":0}}',
	);
	const traffic = { bytes: 1n, packets: 2n, errors: 3n, dropped: 4n };
	expect(part('network_interfaces', { network: [{ name: 'eth0', received: traffic, sent: traffic }] })).toBe(
		'[{"Name":"eth0","RxBytes":1,"RxPackets":2,"RxErrors":3,"RxDropped":4,"TxBytes":1,"TxPackets":2,"TxErrors":3,"TxDropped":4}]',
	);
});
