import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { output } from '../clients/harness/call.js';
import { tsrun } from '../clients/harness/runtimes.js';
import { folder, imageArchive } from '../clients/harness/stage.js';
import { containersEnvironment, image, Podman } from '../clients/podman/engine.js';
import { until, value } from './guest.js';
import { assertGone, assertMemoryLimit, scopeOf } from './scope.js';

const podman = new Podman(tsrun);
const network = ['--network', 'none'];

test('rootless podman: output, exit status, user, user namespace', { timeout: 400_000 }, async () => {
	assert.notEqual(process.getuid?.(), 0);
	await podman.output('load', '--quiet', '--input', imageArchive());
	const result = await podman.call(['run', '--rm', ...network, image, 'sh', '-c', 'echo out; echo err >&2; exit 7']);
	assert.deepEqual(result, { status: 7, stdout: 'out\n', stderr: 'err\n' });
	const own = String(process.getuid?.());
	assert.equal(
		await podman.inside([...network, '--user', '1000'], 'id -u; touch /tmp/x && stat -c %u /tmp/x'),
		'1000\n1000',
	);
	assert.equal(await podman.inside([...network, '--userns', 'keep-id'], 'id -u'), own);
	const status = (await podman.call(['run', '--rm', ...network, image, 'nosuch'])).status;
	assert.equal(status, 127);
});

test('rootless podman: the user’s own containers.conf, in which the runtime is named', {
	timeout: 400_000,
}, async () => {
	assert.ok(existsSync(join(process.env['HOME'] ?? '', '.config/containers/containers.conf')));
	const env = containersEnvironment();
	const name = await output(['podman', 'info', '--format', '{{.Host.OCIRuntime.Name}}'], { env });
	assert.equal(name, 'tsrun');
});

test('rootless podman: --group-add keep-groups', { timeout: 400_000 }, async () => {
	const place = folder('groups');
	const file = join(place, 'file');
	writeFileSync(file, 'of the group\n');
	chownSync(file, -1, 4242);
	chmodSync(file, 0o640);
	const flags = [...network, '--user', '1000', '--volume', `${place}:/place`];
	const read = 'cat /place/file 2>/dev/null || echo refused';
	assert.equal(await podman.inside(flags, read), 'refused');
	assert.equal(await podman.inside([...flags, '--group-add', 'keep-groups'], read), 'of the group');
});

test('rootless podman: a life in a scope of the user’s systemd, limits, pause, exec', {
	timeout: 400_000,
}, async () => {
	await podman.start('rootless', [...network, '-m', '64m', '--memory-swap', '64m']);
	const inspect = (field: string) => podman.output('inspect', '--format', `{{${field}}}`, 'rootless');
	const pid = Number(await inspect('.State.Pid'));
	const scope = await scopeOf(pid, '--user');
	assert.match(scope.cgroup, /\/user@\d+\.service\/user\.slice\/.*libpod-\w{64}\.scope$/);
	await assertMemoryLimit(scope, 67_108_864, '--user');
	assert.equal(readFileSync(`/proc/${pid}/uid_map`, 'utf8').trim().split(/\s+/)[1], String(process.getuid?.()));
	assert.equal(await podman.output('exec', 'rootless', 'echo', 'in'), 'in');
	await podman.output('pause', 'rootless');
	assert.match(value(scope.cgroup, 'cgroup.events'), /^frozen 1$/m);
	await podman.output('unpause', 'rootless');
	await podman.output('stop', 'rootless');
	assert.equal(await inspect('.State.ExitCode'), '3');
	await podman.output('rm', 'rootless');
	await assertGone(scope, '--user');
	await until('the process is gone', () => !existsSync(`/proc/${pid}`));
});
