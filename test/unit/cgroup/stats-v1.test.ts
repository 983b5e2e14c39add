import { blockIOStats, parseEntries } from '../../../lib/cgroup/stats/block-io.js';
import { cpuStats } from '../../../lib/cgroup/stats/cpu.js';
import { cpusetStats } from '../../../lib/cgroup/stats/cpuset.js';
import { hugetlbStats } from '../../../lib/cgroup/stats/hugetlb.js';
import { memoryStats } from '../../../lib/cgroup/stats/memory.js';
import { pidsStats } from '../../../lib/cgroup/stats/pids.js';
import { cgroupStats } from '../../../lib/cgroup/stats/read-stats.js';
import { files } from './files.js';

test('cpu: the time is of cpuacct, the throttling of cpu', () => {
	const cpuacct = files({
		'cpuacct.usage': '41953210\n',
		'cpuacct.stat': 'user 2\nsystem 1\n',
		'cpuacct.usage_percpu': '30000000 11953210 \n',
		'cpuacct.usage_all': 'cpu user system\n0 20000000 10000000\n1 1953210 10000000\n',
	});
	const cpu = files({ 'cpu.stat': 'nr_periods 12\nnr_throttled 3\nthrottled_time 4500000\n' });
	expect(cpuStats({ v1: { cpu, cpuacct } })).toEqual({
		total: 41_953_210n,
		user: 20_000_000n,
		kernel: 10_000_000n,
		perCpu: {
			total: [30_000_000n, 11_953_210n],
			user: [20_000_000n, 1_953_210n],
			kernel: [10_000_000n, 10_000_000n],
		},
		throttling: { periods: 12n, throttledPeriods: 3n, throttledTime: 4_500_000n },
	});
});

const usage = (name: string, limit: string, more: Record<string, string> = {}) => ({
	[`${name}.usage_in_bytes`]: '8192\n',
	[`${name}.max_usage_in_bytes`]: '12288\n',
	[`${name}.limit_in_bytes`]: limit,
	[`${name}.failcnt`]: '7\n',
	...more,
});

test('memory: swap is counted together with it, and details are kept', () => {
	const memory = files({
		...usage('memory', '9223372036854771712\n'),
		...usage('memory.memsw', '16777216\n'),
		...usage('memory.kmem', '9223372036854771712\n'),
		'memory.stat': 'cache 4096\nrss 4096\nhierarchical_memory_limit 9223372036854771712\n',
	});
	const entry = { current: 8192n, peak: 12_288n, failures: 7n };
	expect(memoryStats({ v1: { memory } })).toEqual({
		usage: { ...entry, limit: 9_223_372_036_854_771_712n },
		withSwap: { ...entry, limit: 16_777_216n },
		kernel: { ...entry, limit: 9_223_372_036_854_771_712n },
		cache: 4096n,
		details: new Map([
			['cache', 4096n],
			['rss', 4096n],
			['hierarchical_memory_limit', 9_223_372_036_854_771_712n],
		]),
	});
});

test('memory: kills are counted in a file about something else, since Linux 4.13', () => {
	const counted = files({
		...usage('memory', '1\n'),
		'memory.stat': 'cache 0\n',
		'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
	});
	expect(memoryStats({ v1: { memory: counted } })?.oomKills).toBe(3n);
});

test('memory: kernels since 6.1 may lack the limit of kernel memory', () => {
	const { 'memory.kmem.limit_in_bytes': _, ...kmem } = usage('memory.kmem', '');
	const memory = files({ ...usage('memory', '1\n'), ...kmem, 'memory.stat': 'cache 0\n' });
	expect(memoryStats({ v1: { memory } })?.kernel).toEqual({ current: 8192n, limit: 0n, peak: 12_288n, failures: 7n });
});

test('pids: max is no limit', () => {
	const pids = files({ 'pids.current': '3\n', 'pids.max': 'max\n' });
	expect(pidsStats({ v1: { pids } })).toEqual({ current: 3n, limit: 2n ** 64n - 1n });
});

test('blkio: the scheduler that counted is taken, sums are left out', () => {
	const counted = '8:0 Read 4096\n8:0 Write 0\n8:0 Total 4096\nTotal 4096\n';
	const idle = 'Total 0\n';
	const blkio = files({
		'blkio.bfq.io_serviced_recursive': idle,
		'blkio.bfq.io_service_bytes_recursive': idle,
		'blkio.throttle.io_serviced_recursive': '8:0 Read 1\nTotal 1\n',
		'blkio.throttle.io_service_bytes_recursive': counted,
	});
	const found = blockIOStats({ v1: { blkio } });
	expect(found?.serviced).toEqual([{ major: 8, minor: 0, operation: 'Read', value: 1n }]);
	expect(found?.serviceBytes).toEqual([
		{ major: 8, minor: 0, operation: 'Read', value: 4096n },
		{ major: 8, minor: 0, operation: 'Write', value: 0n },
		{ major: 8, minor: 0, operation: 'Total', value: 4096n },
	]);
	expect(found?.queued).toEqual([]);
	expect(parseEntries('259:1 77\n')).toEqual([{ major: 259, minor: 1, operation: '', value: 77n }]);
});

test('blkio: before Linux 5.0 the throttling layer counts for the cgroup alone', () => {
	const blkio = files({ 'blkio.throttle.io_serviced': '8:0 Write 2\nTotal 2\n' });
	expect(blockIOStats({ v1: { blkio } })?.serviced).toEqual([{ major: 8, minor: 0, operation: 'Write', value: 2n }]);
});

test('hugetlb: reservations are what counts, where there are any', () => {
	const hugetlb = files({
		'hugetlb.2MB.usage_in_bytes': '1\n',
		'hugetlb.2MB.rsvd.usage_in_bytes': '2097152\n',
		'hugetlb.2MB.rsvd.max_usage_in_bytes': '4194304\n',
		'hugetlb.2MB.rsvd.failcnt': '5\n',
		'hugetlb.1GB.usage_in_bytes': '0\n',
		'hugetlb.1GB.max_usage_in_bytes': '0\n',
		'hugetlb.1GB.failcnt': '0\n',
		'hugetlb.1GB.limit_in_bytes': '0\n',
	});
	expect(hugetlbStats({ v1: { hugetlb } })).toEqual({
		'1GB': { usage: 0n, peak: 0n, failures: 0n },
		'2MB': { usage: 2_097_152n, peak: 4_194_304n, failures: 5n },
	});
});

test('cpuset: lists are numbers, with and without a prefix', () => {
	const prefixed = files({
		'cpuset.cpus': '0-2,7\n',
		'cpuset.mems': '0\n',
		'cpuset.cpu_exclusive': '1\n',
		'cpuset.sched_relax_domain_level': '-1\n',
	});
	const { cpus, mems, switches } = cpusetStats({ v1: { cpuset: prefixed } }) ?? {};
	expect({ cpus, mems }).toEqual({ cpus: [0, 1, 2, 7], mems: [0] });
	expect(switches).toMatchObject({ cpu_exclusive: 1, mem_hardwall: 0, sched_relax_domain_level: -1 });
	expect(cpusetStats({ v1: { cpuset: files({ cpus: '3\n', mems: '1\n' }) } })?.cpus).toEqual([3]);
});

test('controllers that the container is not in are absent', () => {
	const pids = files({ 'pids.current': '1\n', 'pids.max': '10\n' });
	expect(cgroupStats({ v1: { pids } })).toEqual({ time: expect.any(Date), pids: { current: 1n, limit: 10n } });
	expect(cgroupStats({})).toEqual({ time: expect.any(Date) });
});
