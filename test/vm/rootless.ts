import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import {
	bundle,
	cgroupOf,
	counter,
	forkBomb,
	limited,
	mebibyte,
	newId,
	pidOf,
	program,
	refused,
	run,
	succeed,
	until,
	value,
	withContainer,
} from './guest.js';
import { systemd } from './systemd-unit.js';

const session = `/sys/fs/cgroup/user.slice/user-${process.getuid?.()}.slice/user@${process.getuid?.()}.service`;

const limits = {
	memory: { limit: 32 * mebibyte, swap: 32 * mebibyte },
	pids: { limit: 12 },
	cpu: { quota: 20_000, period: 100_000 },
};

test('rootless: the systemd of the user makes a scope with the limits', () =>
	withContainer(
		limited(forkBomb, limits),
		async (id, cgroup) => {
			assert.equal(cgroup, `${session}/user.slice/tsrun-${id}.scope`);
			assert.equal(value(cgroup, 'memory.max'), String(32 * mebibyte));
			assert.equal(value(cgroup, 'cpu.max'), '20000 100000');
			succeed('start', id);
			await until('a fork was refused', () => counter(cgroup, 'pids.events', 'max') > 0);
			succeed('update', '--memory', '48m', '--memory-swap', '48m', id);
			assert.equal(value(cgroup, 'memory.max'), String(48 * mebibyte));
			const { data } = JSON.parse(succeed('events', '--stats', id));
			assert.equal(data.memory.usage.limit, 48 * mebibyte);
			succeed('delete', '--force', id);
			assert.equal(existsSync(cgroup), false);
		},
		systemd,
	));

test('rootless: exec, pause and kill work by what is delegated', () =>
	withContainer(
		bundle('while :; do sleep 0.1; done'),
		async (id, cgroup) => {
			succeed('start', id);
			assert.equal(succeed('exec', id, 'cat', '/proc/self/cgroup'), '0::/');
			succeed('exec', '--detach', id, 'sleep', '99');
			assert.equal(cgroupOf(pidOf(id)), cgroup);
			assert.ok(JSON.parse(succeed('ps', '--format', 'json', id)).length >= 2);
			succeed('pause', id);
			assert.equal(JSON.parse(succeed('state', id)).status, 'paused');
			succeed('resume', id);
			succeed('kill', id, 'KILL');
			await until('it has stopped', () => JSON.parse(succeed('state', id)).status === 'stopped');
		},
		systemd,
	));

test('rootless: in a slice of the user', () =>
	withContainer(
		limited('sleep 100', limits, 'app-vm.slice:box:mine'),
		(_, cgroup) => assert.equal(cgroup, `${session}/app.slice/app-vm.slice/box-mine.scope`),
		systemd,
	));

test('rootless: from within a user namespace, as engines that enter one do', () => {
	const path = bundle('echo here; cat /proc/self/cgroup', (config) => {
		const root = [{ containerID: 0, hostID: 0, size: 1 }];
		Object.assign(config.linux, { uidMappings: root, gidMappings: root, resources: { pids: { limit: 20 } } });
	});
	const id = newId();
	const { status, stdout, stderr } = run('unshare', ['-r', program, systemd, 'run', '--bundle', path, id]);
	assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'here\n0::/\n', stderr: '' });
});

test('rootless: a cgroup that is delegated can be used without asking systemd', async () => {
	// A scope with a cgroup of its own below, so that its own may hand controllers on.
	const script = 'mkdir /sys/fs/cgroup/$1/own && echo $$ >/sys/fs/cgroup/$1/own/cgroup.procs && shift && exec "$@"';
	const path = limited(
		'sleep 100',
		limits,
		`${session.slice('/sys/fs/cgroup'.length)}/app.slice/vm-delegated.scope/box`,
	);
	const id = newId();
	const scope = `${session.slice('/sys/fs/cgroup'.length)}/app.slice/vm-delegated.scope`;
	const options = [
		'--user',
		'--scope',
		'--quiet',
		'--unit=vm-delegated.scope',
		'--slice=app.slice',
		'--property=Delegate=yes',
	];
	const created = run('systemd-run', [
		...options,
		'sh',
		'-c',
		script,
		'sh',
		scope,
		program,
		'create',
		'--bundle',
		path,
		id,
	]);
	try {
		assert.deepEqual({ status: created.status, stderr: created.stderr }, { status: 0, stderr: '' });
		const cgroup = cgroupOf(pidOf(id));
		assert.equal(cgroup, `/sys/fs/cgroup${scope}/box`);
		assert.equal(value(cgroup, 'memory.max'), String(32 * mebibyte));
		assert.equal(value(cgroup, 'pids.max'), '12');
	} finally {
		succeed('delete', '--force', id);
	}
});

test('rootless: a limit where nothing is delegated is an error that says how to', () => {
	const told = refused('run', '--bundle', limited('true', limits, '/nobody/delegates/this'), newId());
	assert.match(told, /cgroup/);
	assert.match(told, /[Dd]elegat/);
});

test('rootless: without limits there need not be a cgroup', () => {
	assert.equal(succeed('run', '--bundle', bundle('echo here'), newId()), 'here');
});
