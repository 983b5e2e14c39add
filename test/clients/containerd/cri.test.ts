import type { Daemon } from '../harness/daemon.js';
import { watchStage } from '../harness/leftovers.js';
import { withEachRuntime } from '../harness/runtimes.js';
import { image, packaged } from '../harness/stage.js';
import { importImage, records, startContainerd } from './engine.js';
import type { Message } from './protobuf.js';
import { RuntimeService } from './runtime-service.js';

// runtime.v1 NamespaceMode: of the machine. Pods of their own network would need a network plugin's configuration.
const node = 2;

withEachRuntime('containerd', [packaged('containerd')], (runtime) => {
	let containerd: Daemon;
	let service: RuntimeService;
	let leftovers: () => Promise<string[]>;
	beforeAll(async () => {
		containerd = await startContainerd();
		await importImage('k8s.io');
		service = new RuntimeService('/run/containerd/containerd.sock');
		await using _first = await runPod('first');
	});
	beforeAll(() => {
		leftovers = watchStage(records);
	});
	afterAll(async () => {
		service?.[Symbol.dispose]();
		await containerd?.[Symbol.asyncDispose]();
	});

	// Field numbers of api.proto of k8s.io/cri-api.
	const podConfig = (name: string): Message => {
		const metadata: Message = [
			[1, name],
			[2, `${name}-uid`],
			[3, 'default'],
		];
		const security: Message = [[1, [[1, node]]]];
		return [
			[1, metadata],
			[
				8,
				[
					[1, '/kubepods'],
					[2, security],
				],
			],
		];
	};

	interface Pod extends AsyncDisposable {
		/** Creates and starts a container; its id. */
		run(name: string, command: readonly string[]): Promise<string>;
	}

	async function runPod(name: string): Promise<Pod> {
		const config = podConfig(name);
		const answer = await service.call('RunPodSandbox', [
			[1, config],
			[2, runtime.name],
		]);
		const id = answer.text(1);
		return {
			async run(container, command) {
				const settings: Message = [
					[1, [[1, container]]],
					[2, [[1, image]]],
					...command.map((word) => [3, word] as const),
					[15, [[2, [[3, [[1, node]]]]]]],
				];
				const created = await service.call('CreateContainer', [
					[1, id],
					[2, settings],
					[3, config],
				]);
				await service.call('StartContainer', [[1, created.text(1)]]);
				return created.text(1);
			},
			// Containers of a pod go with it.
			[Symbol.asyncDispose]: async () => {
				await service.call('StopPodSandbox', [[1, id]]);
				await service.call('RemovePodSandbox', [[1, id]]);
			},
		};
	}

	const exec = async (container: string, script: string) => {
		const words = ['sh', '-c', script].map((word) => [2, word] as const);
		const answer = await service.call('ExecSync', [[1, container], ...words, [3, 10]]);
		return { stdout: answer.text(1), stderr: answer.text(2), status: answer.number(3) };
	};

	test('CRI: a pod of the runtime’s handler, exec in its container', async () => {
		await using pod = await runPod('exec');
		const box = await pod.run('one', ['sleep', '1000']);
		expect(await exec(box, 'echo out; echo err >&2; exit 7')).toEqual({ stdout: 'out\n', stderr: 'err\n', status: 7 });
	});

	test('CRI: two containers share the namespaces of their pod', async () => {
		await using pod = await runPod('shared');
		const [one, two] = [await pod.run('one', ['sleep', '1001']), await pod.run('two', ['sleep', '1002'])];
		const links = 'readlink /proc/self/ns/net /proc/self/ns/ipc /proc/self/ns/uts';
		expect(await exec(one, links)).toEqual(await exec(two, links));
		expect((await exec(one, 'cat /proc/*/cmdline | tr "\\0" " "')).stdout).toContain('sleep 1002');
	});

	test('CRI: stop, and the exit status', async () => {
		await using pod = await runPod('stop');
		const script = 'trap "exit 3" TERM; echo >/ready; while :; do sleep 0.05; done';
		const box = await pod.run('one', ['sh', '-c', script]);
		await exec(box, 'until [ -e /ready ]; do :; done');
		await service.call('StopContainer', [
			[1, box],
			[2, 10],
		]);
		const status = (await service.call('ContainerStatus', [[1, box]])).message(1);
		expect({ state: status.number(3), code: status.number(7) }).toEqual({ state: 2, code: 3 });
	});

	test('CRI: statistics, and limits that are changed', async () => {
		await using pod = await runPod('limits');
		const box = await pod.run('one', ['sleep', '1000']);
		await service.call('UpdateContainerResources', [
			[1, box],
			[2, [[4, 67_108_864]]],
		]);
		const limit = 'cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes memory.max 2>/dev/null; true';
		expect((await exec(box, limit)).stdout).toBe('67108864\n');
		const stats = (await service.call('ContainerStats', [[1, box]])).message(1);
		expect(stats.message(1).text(1)).toBe(box);
		expect(stats.message(3).number(1)).toBeGreaterThan(0);
	});

	test('CRI: a program that is not there', async () => {
		await using pod = await runPod('missing');
		await expect(pod.run('one', ['nosuch'])).rejects.toThrow(/executable file not found in \$PATH/);
	});

	test('CRI: afterwards nothing is left', async () => {
		expect(await leftovers()).toEqual([]);
	});
});
