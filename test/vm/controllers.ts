import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { bundle, counter, forkBomb, program, refused, succeed, until, value, withContainer } from './guest.js';

const mebibyte = 1_048_576;

const limited = (script: string, resources: object) =>
	bundle(script, (config) => {
		config.linux.resources = resources;
	});

test('cgroup v2: memory, and swap without it, in their files', () =>
	withContainer(
		limited('sleep 100', { memory: { limit: 32 * mebibyte, swap: 48 * mebibyte, reservation: mebibyte } }),
		(_, cgroup) => {
			assert.equal(value(cgroup, 'memory.max'), String(32 * mebibyte));
			assert.equal(value(cgroup, 'memory.swap.max'), String(16 * mebibyte));
			assert.equal(value(cgroup, 'memory.low'), String(mebibyte));
		},
	));

test('cgroup v2: a kill for want of memory is an event, and the container goes on', () =>
	withContainer(
		limited('(tail -c 64m /dev/zero) | cat >/dev/null; exit 0', {
			memory: { limit: 16 * mebibyte, swap: 16 * mebibyte },
		}),
		(id) => {
			const events = spawn(program, ['events', '--interval', '300ms', id]);
			let text = '';
			return new Promise<void>((resolve, reject) => {
				events.stdout.on('data', (part) => {
					// The first report: it listens.
					if (text === '') succeed('start', id);
					text += part;
				});
				events.on('error', reject);
				events.on('exit', (status) => {
					try {
						assert.equal(status, 0);
						assert.ok(text.split('\n').includes(`{"type":"oom","id":"${id}"}`), text);
						resolve();
					} catch (error) {
						reject(error);
					}
				});
			});
		},
	));

test('cgroup v2: a quota holds processes back', () =>
	withContainer(
		limited('while :; do :; done', { cpu: { quota: 10_000, period: 100_000, shares: 512 } }),
		async (id, cgroup) => {
			assert.equal(value(cgroup, 'cpu.max'), '10000 100000');
			assert.equal(value(cgroup, 'cpu.weight'), '59');
			succeed('start', id);
			const before = counter(cgroup, 'cpu.stat', 'usage_usec');
			const start = performance.now();
			await until('it was throttled ten times', () => counter(cgroup, 'cpu.stat', 'nr_throttled') >= 10);
			const share = (counter(cgroup, 'cpu.stat', 'usage_usec') - before) / ((performance.now() - start) * 1000);
			assert.ok(share < 0.25, `it got ${share} of a processor`);
			const { data } = JSON.parse(succeed('events', '--stats', id));
			assert.ok(data.cpu.throttling.throttledPeriods >= 10);
			assert.ok(data.cpu.psi.some.total > 0);
		},
	));

test('cgroup v2: the idle class', () =>
	withContainer(limited('sleep 100', { cpu: { idle: 1 } }), (_, cgroup) => {
		assert.equal(value(cgroup, 'cpu.idle'), '1');
	}));

test('cgroup v2: a fork bomb is held', () =>
	withContainer(limited(forkBomb, { pids: { limit: 12 } }), async (id, cgroup) => {
		succeed('start', id);
		await until('a fork was refused', () => counter(cgroup, 'pids.events', 'max') > 0);
		assert.ok(JSON.parse(succeed('ps', '--format', 'json', id)).length <= 12);
		succeed('kill', id, 'KILL');
		await until('nobody is left', () => value(cgroup, 'cgroup.procs') === '');
	}));

test('cgroup v2: processors and memory nodes', () =>
	withContainer(limited('sleep 100', { cpu: { cpus: '1', mems: '0' } }), (id, cgroup) => {
		assert.equal(value(cgroup, 'cpuset.cpus.effective'), '1');
		succeed('start', id);
		assert.match(succeed('exec', id, 'grep', 'Cpus_allowed_list', '/proc/self/status'), /\t1$/);
		assert.deepEqual(JSON.parse(succeed('events', '--stats', id)).data.cpuset.cpus, [1]);
	}));

const root = statSync('/root').dev;
const [major, minor] = [(root >> 8) & 0xfff, (root & 0xff) | ((root >> 12) & 0xfff00)];

test('cgroup v2: throttles and counters of a block device', () =>
	withContainer(
		limited('dd if=/dev/zero of=/file bs=64k count=4 conv=fsync 2>/dev/null; sync; sleep 100', {
			blockIO: { throttleWriteBpsDevice: [{ major, minor, rate: 10_485_760 }] },
		}),
		(_, cgroup) => {
			assert.equal(value(cgroup, 'io.max'), `${major}:${minor} rbps=max wbps=10485760 riops=max wiops=max`);
		},
	));

test('cgroup v2: what is written is counted', () =>
	withContainer(
		bundle('dd if=/dev/zero of=/file bs=64k count=4 conv=fsync 2>/dev/null; sleep 100', (config) => {
			config['root'] = { path: 'rootfs', readonly: false };
		}),
		async (id) => {
			succeed('start', id);
			const written = () =>
				JSON.parse(succeed('events', '--stats', id)).data.blkio.ioServiceBytesRecursive?.find(
					(entry: { op: string; major: number }) => entry.op === 'Write' && entry.major === major,
				)?.value ?? 0;
			await until('256 KiB were written', () => written() >= 262_144);
		},
	));

test('cgroup v2: huge pages, and files by their names', () =>
	withContainer(
		limited('sleep 100', {
			hugepageLimits: [{ pageSize: '2MB', limit: 4 * mebibyte }],
			unified: { 'memory.high': String(8 * mebibyte), 'memory.oom.group': '1' },
		}),
		(_, cgroup) => {
			assert.equal(value(cgroup, 'hugetlb.2MB.max'), String(4 * mebibyte));
			assert.equal(value(cgroup, 'memory.high'), String(8 * mebibyte));
			assert.equal(value(cgroup, 'memory.oom.group'), '1');
		},
	));

test('cgroup v2: devices that are not allowed cannot be opened', () =>
	withContainer(
		bundle('sleep 100', (config) => {
			config.linux.resources = { devices: [{ allow: false, access: 'rwm' }] };
			config.linux['devices'] = [{ path: '/dev/disk', type: 'b', major, minor, fileMode: 0o666 }];
		}),
		(id) => {
			succeed('start', id);
			assert.equal(succeed('exec', id, 'head', '-c', '0', '/dev/zero'), '');
			assert.match(refused('exec', id, 'head', '-c', '1', '/dev/disk'), /Operation not permitted/);
		},
	));

test('cgroup v2: pause, resume, and a delete that leaves nothing', async () => {
	let directory = '';
	await withContainer(bundle('while :; do sleep 0.1; done'), (id, cgroup) => {
		directory = cgroup;
		succeed('start', id);
		succeed('pause', id);
		assert.equal(counter(cgroup, 'cgroup.events', 'frozen'), 1);
		succeed('resume', id);
		assert.equal(counter(cgroup, 'cgroup.events', 'frozen'), 0);
	});
	assert.equal(existsSync(directory), false);
});

test('cgroup v2: an update is made as a whole or not at all', () =>
	withContainer(limited('sleep 100', { memory: { limit: 32 * mebibyte }, pids: { limit: 20 } }), (id, cgroup) => {
		succeed('update', '--memory', '64m', '--memory-swap', '64m', '--cpu-quota', '20000', '--cpuset-cpus', '0', id);
		const files = ['memory.max', 'memory.swap.max', 'cpu.max', 'cpuset.cpus', 'pids.max'];
		const updated = [String(64 * mebibyte), '0', '20000 100000', '0', '20'];
		assert.deepEqual(
			files.map((file) => value(cgroup, file)),
			updated,
		);
		assert.match(refused('update', '--pids-limit', '30', '--cpuset-cpus', '4096', id), /cpuset\.cpus/);
		assert.deepEqual(
			files.map((file) => value(cgroup, file)),
			updated,
		);
	}));

test('cgroup v2: weights of block devices, by the scheduler that is there', (context) => {
	const file = bundle('sleep 100');
	return withContainer(file, (_, cgroup) => {
		const name = ['io.bfq.weight', 'io.weight'].find((one) => existsSync(`${cgroup}/${one}`));
		if (name === undefined) return context.skip('no scheduler of block devices that has weights');
		return withContainer(limited('sleep 100', { blockIO: { weight: 500 } }), (_, own) => {
			// 1 + (500 - 10) * 9999 / 990
			assert.equal(value(own, name), name === 'io.weight' ? 'default 4950' : 'default 500');
		});
	});
});

test('cgroup v2: what it has nothing for is refused', () => {
	const said = refused('create', '--bundle', limited('true', { memory: { swappiness: 10 } }), 'never');
	assert.match(said, /memory\/swappiness: cannot be had on cgroup v2/);
});

test('cgroup v2: limits of RDMA devices, and the name of one that is not there', () => {
	const said = refused('create', '--bundle', limited('true', { rdma: { nowhere0: { hcaHandles: 3 } } }), 'never');
	assert.match(said, /rdma\/nowhere0|nowhere0 hca_handle=3/);
});
