import { memoryLimit, showCgroupFiles } from '../harness/cgroup-files.js';
import { watchStageOfTests } from '../harness/leftovers.js';
import { records } from './engine.js';
import { withPods } from './scenarios.js';

withPods('handler', ({ pods, service }) => {
	const leftovers = watchStageOfTests(records);

	test('CRI: a pod of the runtime’s handler, exec in its container', async () => {
		await using pod = await pods.run('exec');
		const box = await pod.run('one', ['sleep', '1000']);
		expect(await pods.exec(box, 'echo out; echo err >&2; exit 7')).toEqual({
			stdout: 'out\n',
			stderr: 'err\n',
			status: 7,
		});
	});

	test('CRI: two containers share the namespaces of their pod', async () => {
		await using pod = await pods.run('shared');
		const [one, two] = [await pod.run('one', ['sleep', '1001']), await pod.run('two', ['sleep', '1002'])];
		const links = 'readlink /proc/self/ns/net /proc/self/ns/ipc /proc/self/ns/uts';
		expect(await pods.exec(one, links)).toEqual(await pods.exec(two, links));
		expect((await pods.exec(one, 'cat /proc/*/cmdline | tr "\\0" " "')).stdout).toContain('sleep 1002');
	});

	test('CRI: stop, and the exit status', async () => {
		await using pod = await pods.run('stop');
		const script = 'trap "exit 3" TERM; echo >/ready; while :; do sleep 0.05; done';
		const box = await pod.run('one', ['sh', '-c', script]);
		await pods.exec(box, 'until [ -e /ready ]; do :; done');
		await service.call('StopContainer', [
			[1, box],
			[2, 10],
		]);
		const status = (await service.call('ContainerStatus', [[1, box]])).message(1);
		expect({ state: status.number(3), code: status.number(7) }).toEqual({ state: 2, code: 3 });
	});

	test('CRI: statistics, and limits that are changed', async () => {
		await using pod = await pods.run('limits');
		const box = await pod.run('one', ['sleep', '1000']);
		await pods.limitMemory(box, 67_108_864);
		expect((await pods.exec(box, showCgroupFiles([memoryLimit]))).stdout).toBe('67108864\n');
		const stats = (await service.call('ContainerStats', [[1, box]])).message(1);
		expect(stats.message(1).text(1)).toBe(box);
		expect(stats.message(3).number(1)).toBeGreaterThan(0);
	});

	test('CRI: a program that is not there', async () => {
		await using pod = await pods.run('missing');
		await expect(pod.run('one', ['nosuch'])).rejects.toThrow(/executable file not found in \$PATH/);
	});

	test('CRI: afterwards nothing is left', async () => {
		expect(await leftovers()).toEqual([]);
	});
});
