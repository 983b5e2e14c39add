import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import {
	bundle,
	cgroupOf,
	mebibyte,
	newId,
	pidOf,
	refused,
	run,
	succeed,
	tsrun,
	until,
	value,
	withContainer,
} from './guest.js';
import { at, show, systemd } from './systemd-unit.js';

const isLoaded = (unit: string) => show(unit, 'LoadState')[0] === 'loaded';

const limits = {
	memory: { limit: 32 * mebibyte, swap: 48 * mebibyte, reservation: mebibyte },
	cpu: { shares: 512, quota: 25_500, period: 50_000, cpus: '0' },
	pids: { limit: 30 },
	unified: { 'memory.high': String(24 * mebibyte) },
};
const files = {
	'memory.max': String(32 * mebibyte),
	'memory.swap.max': String(16 * mebibyte),
	'memory.low': String(mebibyte),
	'memory.high': String(24 * mebibyte),
	'cpu.weight': '59',
	'cpu.max': '25500 50000',
	'cpuset.cpus': '0',
	'pids.max': '30',
};
const filesOf = (cgroup: string) => Object.fromEntries(Object.keys(files).map((file) => [file, value(cgroup, file)]));

test('systemd: slice:prefix:name is a scope in the slice, with the limits as properties and in the files', () =>
	withContainer(
		at('machine-vm.slice:box:limits', (config) => {
			config.linux.resources = limits;
		}),
		(_, cgroup) => {
			assert.equal(cgroup, '/sys/fs/cgroup/machine.slice/machine-vm.slice/box-limits.scope');
			assert.deepEqual(
				show(
					'box-limits.scope',
					'Slice',
					'Delegate',
					'MemoryMax',
					'MemorySwapMax',
					'MemoryLow',
					'MemoryHigh',
					'TasksMax',
				),
				[
					'machine-vm.slice',
					'yes',
					...['memory.max', 'memory.swap.max', 'memory.low', 'memory.high', 'pids.max'].map(
						(file) => files[file as keyof typeof files],
					),
				],
			);
			assert.deepEqual(
				show('box-limits.scope', 'CPUWeight', 'CPUQuotaPerSecUSec', 'CPUQuotaPeriodUSec', 'AllowedCPUs'),
				['59', '510ms', '50ms', '0'],
			);
			assert.deepEqual(filesOf(cgroup), files);
			// Whatever systemd does to its units, it does by what it knows.
			run('systemctl', ['daemon-reload']);
			assert.deepEqual({ ...filesOf(cgroup), 'cpu.max': '' }, { ...files, 'cpu.max': '' });
		},
		systemd,
	));

test('systemd: without a path it is a scope of its own among the services', () =>
	withContainer(
		bundle('sleep 100'),
		(id, cgroup) => assert.equal(cgroup, `/sys/fs/cgroup/system.slice/tsrun-${id}.scope`),
		systemd,
	));

test('systemd: a path of another form is refused where it stands', () => {
	for (const path of ['/some/where', 'a.slice:b', 'a--b.slice:c:d', 'system.slice:a:b.slice']) {
		assert.match(refused(systemd, 'run', '--bundle', at(path), newId()), /linux.cgroupsPath/);
	}
});

test('systemd: later calls need not say who made the cgroup', () =>
	withContainer(
		at('system.slice:vm:later', (config) => {
			config.linux.resources = limits;
		}),
		async (id, cgroup) => {
			succeed('start', id);
			assert.equal(succeed('exec', id, 'cat', '/proc/self/cgroup'), '0::/');
			succeed('exec', '--detach', id, 'sleep', '77');
			const commands = value(cgroup, 'cgroup.procs')
				.split('\n')
				.map((pid) => run('cat', [`/proc/${pid}/cmdline`]).stdout);
			assert.ok(commands.includes('sleep\x0077\x00'), JSON.stringify(commands));
			succeed('pause', id);
			succeed('resume', id);
			succeed('update', '--memory', '64m', '--memory-swap', '64m', '--pids-limit', '40', '--cpu-quota', '-1', id);
			assert.deepEqual(show('vm-later.scope', 'MemoryMax', 'MemorySwapMax', 'TasksMax', 'CPUQuotaPerSecUSec'), [
				String(64 * mebibyte),
				'0',
				'40',
				'infinity',
			]);
			const updated = {
				'memory.max': String(64 * mebibyte),
				'memory.swap.max': '0',
				'pids.max': '40',
				'cpu.max': 'max 50000',
			};
			assert.deepEqual(filesOf(cgroup), { ...files, ...updated });
			succeed('kill', id, 'KILL');
			await until('it has stopped', () => JSON.parse(succeed('state', id)).status === 'stopped');
			succeed('delete', id);
			assert.equal(isLoaded('vm-later.scope'), false);
			assert.equal(existsSync(cgroup), false);
		},
		systemd,
	));

test('systemd: an update that fails leaves unit and files as they were', () =>
	withContainer(
		at('system.slice:vm:failing', (config) => {
			config.linux.resources = limits;
		}),
		(id, cgroup) => {
			assert.match(refused('update', '--pids-limit', '99', '--cpuset-cpus', '4096', id), /cpuset\.cpus/);
			assert.deepEqual(filesOf(cgroup), files);
			assert.deepEqual(show('vm-failing.scope', 'TasksMax', 'AllowedCPUs'), ['30', '0']);
		},
		systemd,
	));

test('systemd: annotations are properties of the unit', () =>
	withContainer(
		at('system.slice:vm:annotated', (config) => {
			config.annotations = {
				'org.systemd.property.TimeoutStopSec': '7',
				'org.systemd.property.Description': "'a box'",
				'org.systemd.property.CollectMode': "'inactive'",
				'org.systemd.property.RuntimeMaxUSec': 'uint64 3600000000',
				'org.systemd.property.SendSIGHUP': 'true',
				'org.systemd.property.KillSignal': '10',
				'org.systemd.property.Before': "['shutdown.target', 'basic.target']",
				'org.systemd.property.IODeviceLatencyTargetUSec': "[('/dev/vda', uint64 75000)]",
			};
		}),
		() => {
			assert.deepEqual(show('vm-annotated.scope', 'TimeoutStopUSec', 'Description', 'CollectMode', 'RuntimeMaxUSec'), [
				'7s',
				'a box',
				'inactive',
				'1h',
			]);
			assert.deepEqual(show('vm-annotated.scope', 'SendSIGHUP', 'KillSignal', 'IODeviceLatencyTargetUSec'), [
				'yes',
				'10',
				'/dev/vda 75ms',
			]);
			assert.match(show('vm-annotated.scope', 'Before')[0] ?? '', /\bbasic\.target\b/);
		},
		systemd,
	));

test('systemd: what it refuses of them is said in its words, and nothing is left', () => {
	const path = at('system.slice:vm:refused', (config) => {
		config.annotations = { 'org.systemd.property.NoSuchThing': "'x'" };
	});
	const id = newId();
	assert.match(
		refused(systemd, 'create', '--bundle', path, id),
		/cannot start the unit vm-refused\.scope: .*NoSuchThing/,
	);
	assert.match(refused('state', id), /does not exist/);
	assert.equal(isLoaded('vm-refused.scope'), false);
});

test('systemd: a create that fails later takes the unit back', () => {
	const path = at('system.slice:vm:undone', (config) => {
		config['hooks'] = { createRuntime: [{ path: '/bin/false', args: ['false'] }] };
	});
	assert.match(refused(systemd, 'create', '--bundle', path, newId()), /hook/);
	assert.equal(isLoaded('vm-undone.scope'), false);
	assert.equal(existsSync('/sys/fs/cgroup/system.slice/vm-undone.scope'), false);
});

test('systemd: a limit that leaves init no memory is what create fails with, and no unit is left', () => {
	const path = at('system.slice:vm:starved', (config) => {
		config.linux.resources = { memory: { limit: 4096 } };
	});
	for (let time = 0; time < 10; time += 1) {
		const id = newId();
		const said = refused(systemd, 'create', '--bundle', path, id);
		assert.match(said, /container init was OOM-killed \(memory limit too low\?\)/);
		assert.match(refused('state', id), /does not exist/);
		assert.equal(isLoaded('vm-starved.scope'), false);
		assert.equal(existsSync('/sys/fs/cgroup/system.slice/vm-starved.scope'), false);
	}
});

test('systemd: a unit that runs is not taken over', () =>
	withContainer(
		at('system.slice:vm:taken'),
		(id, cgroup) => {
			const other = newId();
			assert.match(
				refused(systemd, 'create', '--bundle', at('system.slice:vm:taken'), other),
				/cgroup is not empty: 1 process[\s\S]*vm-taken\.scope/,
			);
			assert.equal(cgroupOf(pidOf(id)), cgroup);
			assert.match(refused('state', other), /does not exist/);
		},
		systemd,
	));

test('systemd: a unit that failed gives its name back', async () => {
	const path = at('system.slice:vm:failed', (config) => {
		config.annotations = { 'org.systemd.property.CollectMode': "'inactive'" };
		config.linux.resources = { memory: { limit: 16 * mebibyte, swap: 16 * mebibyte } };
		config.process.args = ['sh', '-c', 'exec tail -c 64m /dev/zero >/dev/null'];
	});
	for (let round = 0; round < 2; round++) {
		const id = newId();
		assert.equal(tsrun(systemd, 'run', '--bundle', path, id).status, 128 + 9);
		await until('the unit is not active', () => show('vm-failed.scope', 'ActiveState')[0] !== 'active');
	}
});

test('systemd: devices hold, also after it was reloaded', () =>
	withContainer(
		at('system.slice:vm:devices', (config) => {
			config.linux.resources = {
				devices: [
					{ allow: false, access: 'rwm' },
					{ allow: true, type: 'c', major: 10, minor: 229, access: 'rw' },
				],
			};
			config.linux['devices'] = [
				{ path: '/dev/memory', type: 'c', major: 1, minor: 1, fileMode: 0o666 },
				{ path: '/dev/fuse', type: 'c', major: 10, minor: 229, fileMode: 0o666 },
			];
		}),
		(id) => {
			assert.match(show('vm-devices.scope', 'DeviceAllow')[0] ?? '', /\/dev\/char\/10:229 rw/);
			succeed('start', id);
			for (let round = 0; round < 2; round++) {
				succeed('exec', id, 'head', '-c', '0', '/dev/zero');
				succeed('exec', id, 'sh', '-c', ': <>/dev/fuse');
				assert.match(refused('exec', id, 'head', '-c', '1', '/dev/memory'), /Operation not permitted/);
				run('systemctl', ['daemon-reload']);
			}
		},
		systemd,
	));
