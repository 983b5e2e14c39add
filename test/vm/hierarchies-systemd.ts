import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { cgroupOf, counter, mebibyte, newId, pidOf, refused, run, succeed, value, withContainer } from './guest.js';
import { legacyTest } from './legacy-guest.js';
import { at, show, systemd } from './systemd-unit.js';

/** Every directory of a cgroup of this name, in whichever hierarchy. */
const directoriesOf = (name: string) =>
	readdirSync('/sys/fs/cgroup', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(`/${name}`));

const limits = {
	cpu: { shares: 512, quota: 25_000, period: 50_000 },
	pids: { limit: 30 },
	network: { classID: 1_048_577, priorities: [{ name: 'lo', priority: 5 }] },
	hugepageLimits: [{ pageSize: '2MB', limit: 4 * mebibyte }],
};

/** Values of the limits above, by controller and file. */
function limitsOf(pid: number): Record<string, string> {
	const files = [
		['cpu', 'cpu.shares'],
		['cpu', 'cpu.cfs_quota_us'],
		['cpu', 'cpu.cfs_period_us'],
		['pids', 'pids.max'],
		['net_cls', 'net_cls.classid'],
		['hugetlb', 'hugetlb.2MB.limit_in_bytes'],
		['hugetlb', 'hugetlb.2MB.rsvd.limit_in_bytes'],
	] as const;
	return {
		...Object.fromEntries(files.map(([controller, file]) => [file, value(cgroupOf(pid, controller), file)])),
		priority: String(counter(cgroupOf(pid, 'net_prio'), 'net_prio.ifpriomap', 'lo')),
	};
}

const asked = {
	'cpu.shares': '512',
	'cpu.cfs_quota_us': '25000',
	'cpu.cfs_period_us': '50000',
	'pids.max': '30',
	'net_cls.classid': '1048577',
	'hugetlb.2MB.limit_in_bytes': String(4 * mebibyte),
	'hugetlb.2MB.rsvd.limit_in_bytes': String(4 * mebibyte),
	priority: '5',
};

legacyTest('a scope has its place in every hierarchy, its limits in the files and as properties, and keeps them', () =>
	withContainer(
		at('machine.slice:vm:old', (config) => {
			config.linux.resources = limits;
		}),
		(id) => {
			const pid = pidOf(id);
			const places = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
			assert.deepEqual(
				places.filter((line) => !line.endsWith(':/machine.slice/vm-old.scope')),
				// Those that nobody has mounted are the unified hierarchy's.
				[],
			);
			assert.deepEqual(limitsOf(pid), asked);
			assert.deepEqual(show('vm-old.scope', 'CPUShares', 'CPUQuotaPerSecUSec', 'CPUQuotaPeriodUSec', 'TasksMax'), [
				'512',
				'500ms',
				'50ms',
				'30',
			]);
			run('systemctl', ['daemon-reload']);
			assert.deepEqual(limitsOf(pid), asked);
		},
		systemd,
	),
);

legacyTest('an update is made in both places or in none, and later calls know who made the cgroup', () =>
	withContainer(
		at('system.slice:vm:updated', (config) => {
			config.linux.resources = limits;
		}),
		(id) => {
			const pid = pidOf(id);
			succeed('start', id);
			succeed('update', '--pids-limit', '40', '--cpu-share', '256', id);
			const updated = { ...asked, 'pids.max': '40', 'cpu.shares': '256' };
			assert.deepEqual(limitsOf(pid), updated);
			assert.deepEqual(show('vm-updated.scope', 'TasksMax', 'CPUShares'), ['40', '256']);
			// One millisecond is the least.
			assert.match(refused('update', '--pids-limit', '99', '--cpu-quota', '5', id), /cpu\.cfs_quota_us/);
			assert.deepEqual(limitsOf(pid), updated);
			assert.deepEqual(show('vm-updated.scope', 'TasksMax', 'CPUShares'), ['40', '256']);
		},
		systemd,
	),
);

legacyTest('pause, resume, exec, and a delete that leaves neither the unit nor a directory', async () => {
	await withContainer(
		at('system.slice:vm:life'),
		(id) => {
			const pid = pidOf(id);
			succeed('start', id);
			succeed('pause', id);
			assert.equal(value(cgroupOf(pid, 'freezer'), 'freezer.state'), 'FROZEN');
			succeed('resume', id);
			assert.equal(value(cgroupOf(pid, 'freezer'), 'freezer.state'), 'THAWED');
			succeed('exec', '--detach', id, 'sleep', '77');
			for (const controller of ['name=systemd', 'pids', 'freezer', 'cpu']) {
				const processes = value(cgroupOf(pid, controller), 'cgroup.procs').split('\n');
				assert.ok(processes.length > 1, `${controller}: ${processes}`);
			}
			assert.notEqual(directoriesOf('vm-life.scope').length, 0);
			succeed('delete', '--force', id);
			assert.equal(show('vm-life.scope', 'LoadState')[0], 'not-found');
			assert.deepEqual(directoriesOf('vm-life.scope'), []);
		},
		systemd,
	);
});

legacyTest('devices hold, also after systemd was reloaded', () =>
	withContainer(
		at('system.slice:vm:devices', (config) => {
			config.linux.resources = { devices: [{ allow: false, access: 'rwm' }] };
			config.linux['devices'] = [{ path: '/dev/memory', type: 'c', major: 1, minor: 1, fileMode: 0o666 }];
		}),
		(id) => {
			succeed('start', id);
			for (let round = 0; round < 2; round++) {
				succeed('exec', id, 'head', '-c', '0', '/dev/zero');
				assert.match(refused('exec', id, 'head', '-c', '1', '/dev/memory'), /Operation not permitted/);
				run('systemctl', ['daemon-reload']);
			}
		},
		systemd,
	),
);

legacyTest('a container that fails to be made leaves neither a unit nor a directory', () => {
	const path = at('system.slice:vm:undone', (config) => {
		config['hooks'] = { createRuntime: [{ path: '/bin/false', args: ['false'] }] };
	});
	assert.match(refused(systemd, 'create', '--bundle', path, newId()), /hook/);
	assert.equal(show('vm-undone.scope', 'LoadState')[0], 'not-found');
	assert.deepEqual(directoriesOf('vm-undone.scope'), []);
});
