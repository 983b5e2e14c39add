import { image } from '../harness/stage.js';
import type { Message } from './protobuf.js';
import type { RuntimeService } from './runtime-service.js';

// runtime.v1 NamespaceMode: of the machine. Pods of their own network would need a network plugin's configuration.
const node = 2;

/** A pod sandbox, stopped and removed with all its containers when it goes out of scope. */
export interface Pod extends AsyncDisposable {
	/** Creates and starts a container; its id. */
	run(name: string, command: readonly string[]): Promise<string>;
}

/** Pods of one runtime handler. Numbers are those of the fields in api.proto of k8s.io/cri-api. */
export class Pods {
	readonly #service: RuntimeService;
	readonly #handler: string;
	readonly #parent: string;

	/**
	 * @param handler its name; empty as of a pod without a RuntimeClass
	 * @param parent cgroup of the pods: a path, or the name of a slice
	 */
	constructor(service: RuntimeService, handler: string, parent = '/kubepods') {
		this.#service = service;
		this.#handler = handler;
		this.#parent = parent;
	}

	async run(name: string): Promise<Pod> {
		const service = this.#service;
		const config = this.#config(name);
		const answer = await service.call('RunPodSandbox', [
			[1, config],
			[2, this.#handler],
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
			[Symbol.asyncDispose]: async () => {
				await service.call('StopPodSandbox', [[1, id]]);
				await service.call('RemovePodSandbox', [[1, id]]);
			},
		};
	}

	/** Runs a shell script in a container, for up to 10 s. */
	async exec(container: string, script: string): Promise<{ stdout: string; stderr: string; status: number }> {
		const words = ['sh', '-c', script].map((word) => [2, word] as const);
		const answer = await this.#service.call('ExecSync', [[1, container], ...words, [3, 10]]);
		return { stdout: answer.text(1), stderr: answer.text(2), status: answer.number(3) };
	}

	/** The pid of a container's first process, from what ContainerStatus tells when asked for everything. */
	async pid(container: string): Promise<number> {
		const answer = await this.#service.call('ContainerStatus', [
			[1, container],
			[2, 1],
		]);
		// info: a map, whose entry `info` is JSON.
		const { pid } = JSON.parse(answer.message(2).text(2)) as { pid: number };
		return pid;
	}

	async limitMemory(container: string, bytes: number): Promise<void> {
		await this.#service.call('UpdateContainerResources', [
			[1, container],
			[2, [[4, bytes]]],
		]);
	}

	#config(name: string): Message {
		const metadata: Message = [
			[1, name],
			[2, `${name}-uid`],
			[3, 'default'],
		];
		const security: Message = [[1, [[1, node]]]];
		const linux: Message = [
			[1, this.#parent],
			[2, security],
		];
		return [
			[1, metadata],
			[8, linux],
		];
	}
}
