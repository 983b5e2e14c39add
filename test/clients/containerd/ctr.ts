import { type CallResult, call, output } from '../harness/call.js';
import type { EngineRuntime } from '../harness/runtimes.js';
import { image } from '../harness/stage.js';

// Ends with 3 on SIGTERM, as a service does, and tells when it listens.
const service = ['sh', '-c', 'trap "exit 3" TERM; echo ready; while :; do sleep 0.05; done'];

/** containerd's command line with one runtime. */
export class Ctr {
	readonly #program: string;

	constructor(runtime: EngineRuntime) {
		this.#program = runtime.program;
	}

	call(...words: string[]): Promise<CallResult> {
		return call(['ctr', ...words]);
	}

	/** The words of `ctr run`. */
	run(id: string, options: readonly string[], command: readonly string[]): readonly [string, ...string[]] {
		return ['ctr', 'run', '--runc-binary', this.#program, ...options, image, id, ...command];
	}

	/** A container in the background that is ended and removed whatever the test does. */
	async start(id: string, options: readonly string[] = [], command: readonly string[] = service) {
		await output(this.run(id, ['-d', ...options], command));
		return {
			[Symbol.asyncDispose]: async () => {
				await this.call('task', 'delete', '--force', id);
				await output(['ctr', 'container', 'delete', id]);
			},
		};
	}

	/** What `ctr task ls` says of a container; undefined when it has no task. */
	async status(id: string): Promise<string | undefined> {
		const lines = (await output(['ctr', 'task', 'ls'])).split('\n');
		return lines.find((line) => line.startsWith(`${id} `))?.split(/\s+/)[2];
	}
}
