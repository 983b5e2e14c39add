import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	atTerminal,
	type CallOptions,
	type CallResult,
	call,
	output,
	stageEnvironment,
	type Typing,
} from '../harness/call.js';
import { Daemon } from '../harness/daemon.js';
import { documented } from '../harness/documented.js';
import { type EngineRuntime, withEachRuntime } from '../harness/runtimes.js';
import { folder, imageArchive, packaged } from '../harness/stage.js';

/** The name Docker shows for the image. */
export const image = 'tsrun-busybox';

// Ends with 3 on SIGTERM, as a service does.
export const service = ['sh', '-c', 'trap "echo ended; exit 3" TERM; echo ready; while :; do sleep 0.05; done'];

/** Where the runtime keeps its records, and the shims their bundles. */
export const records = [
	'/run/docker/runtime-runc/moby',
	'/run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby',
];

/** A container that runs in the background, removed when it goes out of scope. */
export interface Box extends AsyncDisposable {
	readonly name: string;
	/** The words of a shell script, run with `docker exec`; what it printed. */
	inside(script: string): Promise<string>;
}

/** Of daemon.json. */
type Settings = Readonly<Record<string, unknown>>;

/** Docker's command line with one runtime. */
export class Docker {
	readonly #runtime: string;

	constructor(runtime: EngineRuntime) {
		this.#runtime = runtime.name;
	}

	call(...words: string[]): Promise<CallResult> {
		return call(['docker', ...words]);
	}

	output(...words: string[]): Promise<string> {
		return output(['docker', ...words]);
	}

	/** `docker run --rm`, to its end. */
	run(flags: readonly string[], command: readonly string[], options: CallOptions = {}): Promise<CallResult> {
		return call(['docker', ...this.#run(flags), image, ...command], options);
	}

	/** What a shell script prints in a new container; it has to succeed. */
	inside(flags: readonly string[], script: string): Promise<string> {
		return output(['docker', ...this.#run(flags), image, 'sh', '-c', script]);
	}

	/** The same at a terminal. */
	atTerminal(flags: readonly string[], command: readonly string[], typing: Typing): Promise<CallResult> {
		return atTerminal(['docker', ...this.#run(flags), image, ...command], typing);
	}

	/** Starts a container in the background. */
	async start(name: string, flags: readonly string[] = [], command: readonly string[] = service): Promise<Box> {
		await this.output('run', '--detach', '--runtime', this.#runtime, '--name', name, ...flags, image, ...command);
		return {
			name,
			inside: (script) => this.output('exec', name, 'sh', '-c', script),
			[Symbol.asyncDispose]: async () => {
				await this.call('rm', '--force', '--volumes', name);
			},
		};
	}

	/** One value of `docker inspect`. */
	inspect(name: string, template: string): Promise<string> {
		return this.output('inspect', '--format', `{{${template}}}`, name);
	}

	#run(flags: readonly string[]): string[] {
		return ['run', '--rm', '--runtime', this.#runtime, ...flags];
	}
}

/**
 * dockerd with the documented configuration, on folders of its own. One runtime does everything: containers by default, and what
 * BuildKit builds, which looks for a program called runc.
 */
export function startDocker(runtime: EngineRuntime, added: Settings): Promise<Daemon> {
	const settings = JSON.parse(documented('docker', 'json')) as Settings;
	return dockerd(runtime, { ...settings, 'default-runtime': runtime.name, ...added }, []);
}

/** dockerd that knows the runtime by `--add-runtime` alone, and has another default: runc is always known to it. */
export function startDockerByFlag(runtime: EngineRuntime): Promise<Daemon> {
	return dockerd(runtime, {}, runtime.name === 'runc' ? [] : ['--add-runtime', `${runtime.name}=${runtime.program}`]);
}

function dockerd(runtime: EngineRuntime, settings: Settings, flags: readonly string[]): Promise<Daemon> {
	const data = folder('docker');
	const programs = join(data, 'bin');
	mkdirSync(programs);
	symlinkSync(runtime.program, join(programs, 'runc'));
	const file = join(data, 'daemon.json');
	writeFileSync(file, JSON.stringify({ 'data-root': join(data, 'data'), ...settings }));
	return Daemon.start(['dockerd', '--config-file', file, ...flags], 'API listen on', {
		PATH: `${programs}:${stageEnvironment['PATH']}`,
	});
}

/**
 * Scenarios with a dockerd that has the image; `docker` is there when the tests run.
 *
 * @param start what else than the documented configuration it is started with
 */
export function withDocker(
	body: (docker: Docker, runtime: EngineRuntime) => void,
	start: (runtime: EngineRuntime) => Promise<Daemon> = (runtime) => startDocker(runtime, {}),
): void {
	withEachRuntime('docker', [packaged('dockerd'), packaged('docker')], (runtime) => {
		let daemon: Daemon;
		beforeAll(async () => {
			daemon = await start(runtime);
			await output(['docker', 'load', '--input', imageArchive()]);
			// Not in the tests' time: what Docker makes once, with the first container.
			for (const network of ['bridge', 'host'])
				await new Docker(runtime).inside(['--network', network, '--userns', 'host'], 'true');
		}, 60_000);
		afterAll(() => daemon?.[Symbol.asyncDispose](), 30_000);
		body(new Docker(runtime), runtime);
	});
}
