import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Docker, startDocker } from '../clients/docker/engine.js';
import { output } from '../clients/harness/call.js';
import { documented } from '../clients/harness/documented.js';
import { tsrun } from '../clients/harness/runtimes.js';
import { imageArchive } from '../clients/harness/stage.js';
import { value } from './guest.js';
import { assertGone, assertMemoryLimit, scopeOf } from './scope.js';

const driver = JSON.parse(`{${documented('docker', 'jsonc')}}`) as object;
// The guest has no need of a network, and emulated it takes long to make.
const settings = { ...driver, bridge: 'none', iptables: false, ip6tables: false };

test('docker with the systemd driver: a life in a scope, limits, update, pause', { timeout: 400_000 }, async () => {
	await using _dockerd = await startDocker(tsrun, settings);
	await output(['docker', 'load', '--input', imageArchive()]);
	const docker = new Docker(tsrun);
	assert.equal(await docker.output('info', '--format', '{{.CgroupDriver}} {{.DefaultRuntime}}'), 'systemd tsrun');
	const box = await docker.start('systemd', ['--network', 'none', '-m', '64m', '--pids-limit', '50']);
	const scope = await scopeOf(Number(await docker.inspect(box.name, '.State.Pid')));
	assert.match(scope.unit, /^docker-\w{64}\.scope$/);
	await assertMemoryLimit(scope, 67_108_864);
	assert.equal(value(scope.cgroup, 'pids.max'), '50');
	assert.equal(await box.inside('cat /proc/self/cgroup'), '0::/');
	await docker.output('update', '-m', '96m', '--memory-swap', '96m', box.name);
	await assertMemoryLimit(scope, 100_663_296);
	await docker.output('pause', box.name);
	assert.match(value(scope.cgroup, 'cgroup.events'), /^frozen 1$/m);
	await docker.output('unpause', box.name);
	await docker.output('stop', box.name);
	assert.equal(await docker.inspect(box.name, '.State.ExitCode'), '3');
	await assertGone(scope);
	await docker.output('rm', box.name);
});
