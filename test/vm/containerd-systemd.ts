import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importImage, startContainerd } from '../clients/containerd/engine.js';
import { Pods } from '../clients/containerd/pods.js';
import { RuntimeService } from '../clients/containerd/runtime-service.js';
import { documented } from '../clients/harness/documented.js';
import { assertGone, assertMemoryLimit, scopeOf } from './scope.js';

test('CRI with the systemd driver: a pod in its slice, limits that are changed', { timeout: 400_000 }, async () => {
	await using _containerd = await startContainerd(documented('containerd', 'options of a runtime, with systemd'));
	await importImage('k8s.io');
	using service = new RuntimeService('/run/containerd/containerd.sock');
	const pods = new Pods(service, 'tsrun', 'tsrunpods-burstable.slice');
	const pod = await pods.run('systemd');
	const id = await pod.run('one', ['sleep', '1000']);
	const pid = Number((await pods.exec(id, 'echo $$; cat /proc/self/cgroup')).stdout.split('\n')[0]);
	assert.ok(pid > 0);
	const scope = await scopeOf(await pods.pid(id));
	assert.equal(scope.cgroup, `/sys/fs/cgroup/tsrunpods.slice/tsrunpods-burstable.slice/cri-containerd-${id}.scope`);
	await pods.limitMemory(id, 67_108_864);
	await assertMemoryLimit(scope, 67_108_864);
	await pod[Symbol.asyncDispose]();
	await assertGone(scope);
});
