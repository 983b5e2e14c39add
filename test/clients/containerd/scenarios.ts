import { output } from '../harness/call.js';
import type { Daemon } from '../harness/daemon.js';
import { type EngineRuntime, withEachRuntime } from '../harness/runtimes.js';
import { packaged } from '../harness/stage.js';
import { Ctr } from './ctr.js';
import { importImage, startContainerd } from './engine.js';
import { Pods } from './pods.js';
import { RuntimeService } from './runtime-service.js';

/** Scenarios with a containerd that has the image; it is there when the tests run. */
export function withCtr(body: (ctr: Ctr, runtime: EngineRuntime) => void): void {
	withEachRuntime('containerd', [packaged('containerd'), packaged('ctr')], (runtime) => {
		const ctr = new Ctr(runtime);
		let daemon: Daemon;
		beforeAll(async () => {
			daemon = await startContainerd();
			await importImage();
			await output(ctr.run('first', ['--rm'], ['true']));
		}, 60_000);
		afterAll(() => daemon?.[Symbol.asyncDispose](), 30_000);
		body(ctr, runtime);
	});
}

export interface PodSurroundings {
	readonly pods: Pods;
	readonly service: RuntimeService;
	readonly runtime: EngineRuntime;
}

/**
 * Scenarios with a containerd that makes pods.
 *
 * @param asked how the runtime comes to be theirs: by the name of their handler, or as containerd's default
 */
export function withPods(asked: 'handler' | 'default', body: (surroundings: PodSurroundings) => void): void {
	withEachRuntime('containerd', [packaged('containerd'), packaged('ctr')], (runtime) => {
		const service = new RuntimeService('/run/containerd/containerd.sock');
		const pods = new Pods(service, asked === 'handler' ? runtime.name : '');
		let daemon: Daemon;
		beforeAll(async () => {
			daemon = await startContainerd('', asked === 'default' ? runtime.name : 'runc');
			await importImage('k8s.io');
			await using _first = await pods.run('first');
		}, 60_000);
		afterAll(async () => {
			service[Symbol.dispose]();
			await daemon?.[Symbol.asyncDispose]();
		}, 30_000);
		body({ pods, service, runtime });
	});
}
