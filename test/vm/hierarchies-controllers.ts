import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { major, minor } from './disk.js';
import {
	bundle,
	cgroupOf,
	counter,
	forkBomb,
	limited,
	mebibyte,
	newId,
	pidOf,
	refused,
	reserveHugePages,
	run,
	succeed,
	tsrun,
	until,
	value,
	withContainer,
} from './guest.js';
import { isHybrid, legacyTest } from './legacy-guest.js';
import { assertKillIsTold, wanting } from './out-of-memory.js';
import { systemd } from './systemd-unit.js';

for (const driver of [[], [systemd]]) {
	const who = driver.length === 0 ? 'cgroupfs' : 'systemd';
	// The cgroup of these tests has processes, and so hands nothing on below it.
	const place = driver.length === 0 ? '/vm/unified' : 'system.slice:vm:unified';

	legacyTest(
		`controllers that v1 does not have are used in the unified hierarchy (${who})`,
		() =>
			withContainer(
				limited(
					'sleep 100',
					{
						memory: { limit: 32 * mebibyte, reservation: mebibyte },
						cpu: { cpus: '1', mems: '0' },
						unified: { 'memory.high': String(24 * mebibyte) },
					},
					place,
				),
				(id, cgroup) => {
					assert.equal(value(cgroup, 'memory.max'), String(32 * mebibyte));
					assert.equal(value(cgroup, 'memory.low'), String(mebibyte));
					assert.equal(value(cgroup, 'memory.high'), String(24 * mebibyte));
					assert.equal(value(cgroup, 'cpuset.cpus.effective'), '1');
					assert.equal(value(cgroup, 'cpuset.mems'), '0');
					succeed('update', '--memory', '40m', id);
					assert.equal(value(cgroup, 'memory.max'), String(40 * mebibyte));
					run('systemctl', ['daemon-reload']);
					assert.equal(value(cgroup, 'memory.max'), String(40 * mebibyte));
				},
				...driver,
			),
		true,
	);

	legacyTest(
		`memory that runs out there is an event (${who})`,
		() => withContainer(limited(wanting, { memory: { limit: 16 * mebibyte } }, place), assertKillIsTold, ...driver),
		true,
	);

	legacyTest(`a fork bomb is deleted without a rest (${who})`, async () => {
		let places: string[] = [];
		await withContainer(
			limited(forkBomb, { pids: { limit: 40 } }),
			async (id) => {
				places = ['pids', 'freezer', 'name=systemd'].map((controller) => cgroupOf(pidOf(id), controller));
				const [pids = ''] = places;
				succeed('start', id);
				await until('a fork was refused', () => counter(pids, 'pids.events', 'max') > 0);
				succeed('delete', '--force', id);
			},
			...driver,
		);
		assert.deepEqual(places.filter(existsSync), []);
	});
}

legacyTest('a limit whose controller nobody has mounted is refused by its name', (context) => {
	if (isHybrid) return context.skip('the unified hierarchy has it');
	const said = refused('create', '--bundle', limited('true', { memory: { limit: 32 * mebibyte } }), newId());
	assert.match(said, /linux\.resources\.memory\.limit|memory\/limit/);
	assert.match(said, /needs the cgroup controller memory, .*mount -t cgroup -o memory cgroup/);
	const file = refused('create', '--bundle', limited('true', { unified: { 'memory.high': '1' } }), newId());
	assert.match(file, /memory\.high.*needs cgroup v2, which is not mounted here/);
});

legacyTest('weights of block devices by BFQ, and throttles', (context) => {
	if (run('modprobe', ['bfq']).status !== 0) return context.skip('the kernel has no BFQ');
	writeFileSync('/sys/block/vda/queue/scheduler', 'bfq');
	return withContainer(
		limited('sleep 100', {
			blockIO: {
				weight: 500,
				weightDevice: [{ major, minor, weight: 300 }],
				throttleReadIOPSDevice: [{ major, minor, rate: 900 }],
			},
		}),
		(id) => {
			const directory = cgroupOf(pidOf(id), 'blkio');
			assert.equal(value(directory, 'blkio.bfq.weight'), '500');
			assert.match(value(directory, 'blkio.bfq.weight_device'), new RegExp(`^${major}:${minor} 300$`, 'm'));
			assert.equal(value(directory, 'blkio.throttle.read_iops_device'), `${major}:${minor} 900`);
			succeed('update', '--blkio-weight', '200', id);
			assert.equal(value(directory, 'blkio.bfq.weight'), '200');
		},
	);
});

legacyTest('huge pages beyond the limit are refused to the container', (context) => {
	const reserved = reserveHugePages(8);
	if (reserved < 4) return context.skip(`no memory for huge pages: ${reserved} of 8`);
	const path = bundle(
		'fallocate -l 4m /huge/fits || exit 2; fallocate -l 4m /huge/more && exit 3 || true',
		(config) => {
			config.linux.resources = { hugepageLimits: [{ pageSize: '2MB', limit: 6 * mebibyte }] };
			const mounts = config['mounts'] as object[];
			mounts.push({ destination: '/huge', type: 'hugetlbfs', source: 'huge', options: ['pagesize=2M'] });
			config['root'] = { path: 'rootfs', readonly: false };
		},
	);
	const { status, stderr } = tsrun('run', '--bundle', path, newId());
	assert.match(`${status} ${stderr}`, /^0 fallocate: .*more.*: No space left on device\n$/);
});

legacyTest('controllers that are mounted together are one directory in the container, with a link each', () =>
	withContainer(bundle('sleep 100'), (id) => {
		succeed('start', id);
		for (const [name, together] of [
			['cpu', 'cpu,cpuacct'],
			['cpuacct', 'cpu,cpuacct'],
			['net_prio', 'net_cls,net_prio'],
		] as const) {
			assert.equal(succeed('exec', id, 'busybox', 'readlink', `/sys/fs/cgroup/${name}`), together);
		}
		const inside = succeed('exec', id, 'cat', '/sys/fs/cgroup/cpuacct/cgroup.procs').split('\n');
		assert.ok(inside.includes('1'), inside.join(' '));
	}),
);
