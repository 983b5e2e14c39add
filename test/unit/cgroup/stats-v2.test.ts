import { parseIoStat } from '../../../lib/cgroup/stats/block-io.js';
import { cpuStats } from '../../../lib/cgroup/stats/cpu.js';
import { cpusetStats } from '../../../lib/cgroup/stats/cpuset.js';
import { hugetlbStats } from '../../../lib/cgroup/stats/hugetlb.js';
import { memoryStats } from '../../../lib/cgroup/stats/memory.js';
import { parseNetworkDevices } from '../../../lib/cgroup/stats/network.js';
import { pidsStats } from '../../../lib/cgroup/stats/pids.js';
import { parsePressure } from '../../../lib/cgroup/stats/pressure.js';
import { rdmaStats } from '../../../lib/cgroup/stats/rdma.js';
import { miscStats } from '../../../lib/cgroup/stats/scalar.js';
import { files } from './files.js';

const max = 2n ** 64n - 1n;

test('cpu: microseconds become nanoseconds, with pressure', () => {
	const v2 = files({
		'cpu.stat':
			'usage_usec 1500\nuser_usec 1000\nsystem_usec 500\nnr_periods 4\nnr_throttled 2\nthrottled_usec 30\nnr_bursts 0\n',
		'cpu.pressure':
			'some avg10=1.53 avg60=0.20 avg300=0.04 total=73826\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=12\n',
	});
	expect(cpuStats({ v2 })).toEqual({
		total: 1_500_000n,
		user: 1_000_000n,
		kernel: 500_000n,
		throttling: { periods: 4n, throttledPeriods: 2n, throttledTime: 30_000n },
		pressure: {
			some: { avg10: 1.53, avg60: 0.2, avg300: 0.04, total: 73_826n },
			full: { avg10: 0, avg60: 0, avg300: 0, total: 12n },
		},
	});
});

test('pressure: the cpu has no line "full" before Linux 5.13', () => {
	const pressure = parsePressure('some avg10=0.00 avg60=0.00 avg300=0.00 total=9\n');
	expect(pressure).toMatchObject({ some: { total: 9n }, full: { total: 0n } });
	expect(parsePressure('')).toBeUndefined();
});

const memory = {
	'memory.stat': 'anon 4096\nfile 12288\nkernel 100\n',
	'memory.current': '20480\n',
	'memory.max': '1048576\n',
	'memory.peak': '40960\n',
	'memory.events': 'low 0\nhigh 0\nmax 4\noom 1\noom_kill 1\n',
};

test('memory: swap is added, as v1 has it', () => {
	const v2 = files({
		...memory,
		'memory.swap.current': '4096\n',
		'memory.swap.max': '1048576\n',
		'memory.swap.events': 'high 0\nmax 2\nfail 0\n',
	});
	expect(memoryStats({ v2 })).toEqual({
		usage: { current: 20_480n, limit: 1_048_576n, peak: 40_960n, failures: 4n },
		withSwap: { current: 24_576n, limit: 2_097_152n, peak: 0n, failures: 2n },
		cache: 12_288n,
		oomKills: 1n,
		details: new Map([
			['anon', 4096n],
			['file', 12_288n],
			['kernel', 100n],
		]),
	});
});

test.each([
	['of memory', { 'memory.max': 'max\n', 'memory.swap.max': '1048576\n' }],
	['of swap', { 'memory.swap.max': 'max\n' }],
])('memory: without a limit %s there is none of both', (_, texts) => {
	const v2 = files({ ...memory, 'memory.swap.current': '0\n', ...texts });
	expect(memoryStats({ v2 })?.withSwap?.limit).toBe(max);
});

test('memory: a kernel without swap says nothing of it, one before 5.19 nothing of the peak', () => {
	const { 'memory.peak': _, ...old } = memory;
	const stats = memoryStats({ v2: files(old) });
	expect(stats?.withSwap).toBeUndefined();
	expect(stats?.usage.peak).toBe(0n);
});

test('memory: none where the controller is not enabled', () => {
	expect(memoryStats({ v2: files({ 'cgroup.procs': '' }) })).toBeUndefined();
});

test('pids: without the controller processes are counted', () => {
	expect(pidsStats({ v2: files({ 'cgroup.procs': '12\n13\n' }) })).toEqual({ current: 2n, limit: max });
});

test('io: one line is one device', () => {
	const { serviceBytes, serviced } = parseIoStat(
		'8:16 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=5 dios=1 cost.usage=3\n7:0 \n',
	);
	const of = (operation: string, value: bigint) => ({ major: 8, minor: 16, operation, value });
	expect(serviceBytes).toEqual([of('Read', 1_459_200n), of('Write', 314_773_504n), of('Discard', 5n)]);
	expect(serviced).toEqual([of('Read', 192n), of('Write', 353n), of('Discard', 1n)]);
});

test('hugetlb: failures are in a file of events', () => {
	const v2 = files({
		'hugetlb.2MB.current': '0\n',
		'hugetlb.2MB.rsvd.current': '2097152\n',
		'hugetlb.2MB.events': 'max 6\n',
		'hugetlb.2MB.max': 'max\n',
	});
	expect(hugetlbStats({ v2 })).toEqual({ '2MB': { usage: 2_097_152n, peak: 0n, failures: 6n } });
});

test('cpuset: what holds is in the effective files', () => {
	const v2 = files({ 'cpuset.cpus': '\n', 'cpuset.cpus.effective': '0-3\n', 'cpuset.mems.effective': '0\n' });
	expect(cpusetStats({ v2 })).toEqual({ cpus: [0, 1, 2, 3], mems: [0], switches: {} });
});

test('in a hybrid layout a controller is where it is mounted', () => {
	const v2 = files({ 'cgroup.procs': '1\n', 'cpu.stat': 'usage_usec 1\nuser_usec 1\nsystem_usec 0\n' });
	const pids = files({ 'pids.current': '5\n', 'pids.max': '9\n' });
	expect(pidsStats({ v1: { pids }, v2 })).toEqual({ current: 5n, limit: 9n });
	expect(cpuStats({ v1: { pids }, v2 })?.total).toBe(1000n);
});

test('network: two lines of headings, then a line for each interface', () => {
	const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     100       2    0    0    0     0          0         0      100       2    0    0    0     0       0          0
eth0:1: 9007199254740993 3 4 5 0 0 0 0 6 7 8 9 0 0 0 0
`;
	expect(parseNetworkDevices(text)).toEqual([
		{
			name: 'lo',
			received: { bytes: 100n, packets: 2n, errors: 0n, dropped: 0n },
			sent: { bytes: 100n, packets: 2n, errors: 0n, dropped: 0n },
		},
		{
			name: 'eth0:1',
			received: { bytes: 9_007_199_254_740_993n, packets: 3n, errors: 4n, dropped: 5n },
			sent: { bytes: 6n, packets: 7n, errors: 8n, dropped: 9n },
		},
	]);
});

test('rdma: what is in use of each device, of both versions', () => {
	const rdma = files({ 'rdma.current': 'mlx4_0 hca_handle=2 hca_object=2000\nocrdma1 hca_handle=3 hca_object=max\n' });
	const used = { mlx4_0: { handles: 2n, objects: 2000n }, ocrdma1: { handles: 3n, objects: max } };
	expect(rdmaStats({ v2: rdma })).toEqual(used);
	expect(rdmaStats({ v1: { rdma } })).toEqual(used);
	expect(rdmaStats({ v2: files({ 'rdma.current': '' }) })).toEqual({});
	expect(rdmaStats({ v2: files({}) })).toBeUndefined();
});

test('misc: how many of each resource, and of how many', () => {
	const v2 = files({ 'misc.current': 'sev 2\nsev_es 0\n', 'misc.max': 'sev 5\nsev_es max\n' });
	expect(miscStats({ v2 })).toEqual({ sev: { current: 2n, limit: 5n }, sev_es: { current: 0n, limit: max } });
	expect(miscStats({ v2: files({}) })).toBeUndefined();
});
