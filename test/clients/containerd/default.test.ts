import { output } from '../harness/call.js';
import { watchStageOfTests } from '../harness/leftovers.js';
import { records } from './engine.js';
import { withPods } from './scenarios.js';

withPods('default', ({ pods, runtime }) => {
	const leftovers = watchStageOfTests(records);

	test('CRI, default_runtime_name: a pod without a handler', async () => {
		await using pod = await pods.run('default');
		const box = await pod.run('one', ['sleep', '1000']);
		expect(await pods.exec(box, 'echo here')).toEqual({ stdout: 'here\n', stderr: '', status: 0 });
		// A runtime knows no records but its own.
		const state = await output([runtime.program, '--root', '/run/containerd/runc/k8s.io', 'state', box]);
		expect(JSON.parse(state)).toMatchObject({ id: box, status: 'running', pid: await pods.pid(box) });
	});

	test('CRI, default_runtime_name: afterwards nothing is left', async () => {
		expect(await leftovers()).toEqual([]);
	});
});
