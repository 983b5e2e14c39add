import { join } from 'node:path';
import { memoryLimit, showCgroupFiles } from '../harness/cgroup-files.js';
import { watchStageOfTests } from '../harness/leftovers.js';
import { folder } from '../harness/stage.js';
import { image, records, service, withPodman } from './engine.js';

const server = ['sh', '-c', 'while :; do echo hello | nc -l -p 80; done'];
// Of the pod's shared network.
const ask = 'until nc 127.0.0.1 80; do :; done';

withPodman((podman, runtime) => {
	const leftovers = watchStageOfTests(records);

	test('pod: shared network, pause, stop', async () => {
		await podman.output('pod', 'create', '--name', 'pod');
		await podman.output('run', '--detach', '--pod', 'pod', image, ...server);
		expect(await podman.inside(['--pod', 'pod'], ask)).toBe('hello');
		await podman.output('pod', 'pause', 'pod');
		expect(await podman.output('pod', 'inspect', '--format', '{{.State}}', 'pod')).toBe('Paused');
		await podman.output('pod', 'unpause', 'pod');
		await podman.output('pod', 'stop', '--time', '0', 'pod');
		await podman.output('pod', 'rm', '--force', 'pod');
	});

	test('generate kube, play kube, play kube --down', async () => {
		const file = join(folder('kube'), 'pod.yaml');
		await podman.output('pod', 'create', '--name', 'made');
		await podman.output('run', '--detach', '--pod', 'made', '--name', 'made-server', image, ...server);
		await podman.output('run', '--detach', '--pod', 'made', '--name', 'made-service', '-m', '64m', image, ...service);
		await podman.output('generate', 'kube', '--filename', file, 'made');
		await podman.output('pod', 'rm', '--force', '--time', '0', 'made');

		await podman.output('play', 'kube', file);
		try {
			expect(await podman.output('exec', 'made-made-service', 'sh', '-c', ask)).toBe('hello');
			const shown = await podman.output('exec', 'made-made-service', 'sh', '-c', showCgroupFiles([memoryLimit]));
			expect(shown).toBe('67108864');
			expect(await podman.output('inspect', '--format', '{{.OCIRuntime}}', 'made-made-service')).toBe(runtime.name);
		} finally {
			await podman.output('play', 'kube', '--down', file);
		}
		expect(await podman.output('ps', '--all', '--quiet')).toBe('');
	}, 60_000);

	test('afterwards nothing is left', async () => {
		// runc makes the cgroups of a pod in every hierarchy, and leaves those of which Podman does not know.
		const pod = /^cgroup \S*\/libpod_parent\/\w{64}\b(?!\/)/;
		expect((await leftovers()).filter((trace) => runtime.name !== 'runc' || !pod.test(trace))).toEqual([]);
	});
});
