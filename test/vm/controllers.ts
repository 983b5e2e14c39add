import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { major, minor } from './disk.js';
import {
	bundle,
	counter,
	forkBomb,
	limited,
	mebibyte,
	newId,
	program,
	refused,
	reserveHugePages,
	run,
	succeed,
	until,
	value,
	withContainer,
} from './guest.js';
import { assertKillIsTold, wanting } from './out-of-memory.js';

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
	withContainer(limited(wanting, { memory: { limit: 16 * mebibyte, swap: 16 * mebibyte } }), assertKillIsTold));

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

// Many times: one that is killed takes messages for a moment more, and it was luck whether that was noticed.
for (const verb of ['create', 'run']) {
	test(`cgroup v2: a limit that leaves init no memory is what ${verb} fails with`, () => {
		const path = limited('true', { memory: { limit: 4096 } });
		for (let time = 0; time < 15; time += 1) {
			const id = newId();
			const said = refused(verb, '--bundle', path, id);
			assert.match(said, /container init was OOM-killed \(memory limit too low\?\)/);
			assert.match(said, /hint: .*raise linux\.resources\.memory\.limit/);
			assert.match(refused('state', id), /does not exist/);
		}
	});
}

test('cgroup v2: huge pages beyond the limit are refused to the container', (context) => {
	if (reserveHugePages(8) < 4) return context.skip('no memory for huge pages');
	const path = bundle(
		'fallocate -l 4m /huge/fits && ! fallocate -l 4m /huge/more 2>/dev/null; s=$?; sleep 100; exit $s',
		(config) => {
			config.linux.resources = { hugepageLimits: [{ pageSize: '2MB', limit: 6 * mebibyte }] };
			const mounts = config['mounts'] as object[];
			mounts.push({ destination: '/huge', type: 'hugetlbfs', source: 'huge', options: ['pagesize=2M'] });
			config['root'] = { path: 'rootfs', readonly: false };
		},
	);
	return withContainer(path, async (id, cgroup) => {
		assert.equal(value(cgroup, 'hugetlb.2MB.max'), String(6 * mebibyte));
		assert.equal(value(cgroup, 'hugetlb.2MB.rsvd.max'), String(6 * mebibyte));
		succeed('start', id);
		await until('a page was refused', () => counter(cgroup, 'hugetlb.2MB.events', 'max') > 0);
		const { data } = JSON.parse(succeed('events', '--stats', id));
		assert.deepEqual(data.hugetlb['2MB'].usage >= 4 * mebibyte && data.hugetlb['2MB'].usage <= 6 * mebibyte, true);
		assert.ok(data.hugetlb['2MB'].failcnt > 0);
	});
});

test('cgroup v2: what it has nothing for is refused', () => {
	const said = refused('create', '--bundle', limited('true', { memory: { swappiness: 10 } }), 'never');
	assert.match(said, /memory\/swappiness: cannot be had on cgroup v2/);
});

test('cgroup v2: a file that no kernel has is refused by its name, and no file elsewhere is reached', () => {
	const unified = (name: string) =>
		refused('create', '--bundle', limited('true', { unified: { [name]: '1' } }), newId());
	assert.match(unified('memory.nonsense'), /memory\.nonsense[\s\S]*no such file/);
	assert.match(
		unified('nonsense.max'),
		/needs the controller nonsense in cgroup v2: the controllers there are .*memory/,
	);
	assert.match(unified('nonsense'), /is no file of cgroup v2/);
	assert.match(unified('memory./../../cgroup.procs'), /is not the name of a file in a cgroup/);
});

test('cgroup v2: limits of RDMA devices, and the name of one that is not there', () => {
	const said = refused('create', '--bundle', limited('true', { rdma: { nowhere0: { hcaHandles: 3 } } }), 'never');
	assert.match(said, /rdma\/nowhere0|nowhere0 hca_handle=3/);
});

// What a container costs before it runs counts against its limit: page tables, the kernel's stacks, and init's own few pages.

test('cgroup v2: half a mebibyte of memory is enough for a program that does nothing', (context) => {
	const smallest = [128, 192, 256, 320, 384, 448, 512].find((kib) =>
		[1, 2, 3].every(() => {
			const path = bundle('true', (config) => {
				config.process.args = ['/bin/true'];
				config.linux.resources = { memory: { limit: kib * 1024, swap: kib * 1024 } };
			});
			return run(program, ['run', '--bundle', path, newId()]).status === 0;
		}),
	);
	assert.ok(smallest !== undefined);
	context.diagnostic(`the smallest limit that was enough: ${smallest} KiB`);
});
