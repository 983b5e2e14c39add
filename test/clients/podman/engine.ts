import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { atTerminal, type CallOptions, type CallResult, call, output, type Typing } from '../harness/call.js';
import { documented } from '../harness/documented.js';
import { type EngineRuntime, withEachRuntime } from '../harness/runtimes.js';
import { folder, imageArchive, image as name, packaged } from '../harness/stage.js';

export const image = 'tsrun-busybox';

// Ends with 3 on SIGTERM, as a service does.
export const service = ['sh', '-c', 'trap "echo ended; exit 3" TERM; echo ready; while :; do sleep 0.05; done'];

/** Where the records of containers are, of which Podman and Buildah say nothing to a runtime. */
export const records = ['/run/tsrun', '/run/runc'];

/** Podman with one runtime. */
export class Podman {
	readonly #runtime: string;

	constructor(runtime: EngineRuntime) {
		this.#runtime = runtime.name;
	}

	call(words: readonly string[], options: CallOptions = {}): Promise<CallResult> {
		return call(this.#words(words), { ...options, env: containersEnvironment() });
	}

	output(...words: string[]): Promise<string> {
		return output(this.#words(words), { env: containersEnvironment(), timeout: 60_000 });
	}

	atTerminal(words: readonly string[], typing: Typing): Promise<CallResult> {
		return atTerminal(
			[
				'env',
				...Object.entries(containersEnvironment()).map(([name, value]) => `${name}=${value}`),
				...this.#words(words),
			],
			typing,
		);
	}

	/**
	 * What a shell script prints in a new container; it has to succeed.
	 *
	 * @param by words of a program that executes Podman, as setpriv(1) does
	 */
	inside(flags: readonly string[], script: string, by: readonly string[] = []): Promise<string> {
		const [program, ...words] = [...by, ...this.#words(['run', '--rm', ...flags, image, 'sh', '-c', script])];
		return output([program ?? 'podman', ...words], { env: containersEnvironment(), timeout: 60_000 });
	}

	/** Starts a container in the background; it is removed when the result goes out of scope. */
	async start(
		name: string,
		flags: readonly string[] = [],
		command: readonly string[] = service,
	): Promise<AsyncDisposable> {
		await this.output('run', '--detach', '--name', name, ...flags, image, ...command);
		return {
			[Symbol.asyncDispose]: async () => {
				await this.output('rm', '--force', '--time', '0', name);
			},
		};
	}

	#words(words: readonly string[]): [string, ...string[]] {
		return ['podman', '--runtime', this.#runtime, '--events-backend', 'file', ...words];
	}
}

let environment: Readonly<Record<string, string>> | undefined;

/**
 * Writes the documented configuration where it belongs; the environment that leads to storage in a folder of its own, one for each
 * test file.
 */
export function containersEnvironment(): Readonly<Record<string, string>> {
	environment ??= writeConfiguration();
	return environment;
}

function writeConfiguration(): Readonly<Record<string, string>> {
	const own = folder('containers');
	// A pod's first container is of the image, whose command stays: Podman's own one would be built with a program from elsewhere.
	const driver = existsSync('/run/systemd/system') ? 'systemd' : 'cgroupfs';
	const settings = `cgroup_manager = "${driver}"\ninfra_image = "${name}"\ninfra_command = "sleep 1000000"\n`;
	const engine = documented('podman', '/etc/containers/containers.conf').replace('[engine]\n', `[engine]\n${settings}`);
	// Podman 5 has netavark alone; with Podman 4 it would be a package more.
	const backend = existsSync('/usr/lib/podman/netavark') ? 'netavark' : 'cni';
	// Newer Buildah asks for a million of each where nothing is set, which takes CAP_SYS_RESOURCE.
	const limits = 'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]';
	const machine = `[containers]\nlog_driver = "k8s-file"\n${limits}\n[network]\nnetwork_backend = "${backend}"\n`;
	const { settings: place, run } = places();
	mkdirSync(place, { recursive: true });
	writeFileSync(join(place, 'containers.conf'), `${machine}${engine}`);
	const storage = `[storage]\ndriver = "overlay"\ngraphroot = "${own}/graph"\nrunroot = "${run}/containers/storage"\n`;
	writeFileSync(join(own, 'storage.conf'), storage);
	// The stage's own: a short name may mean Docker Hub's, which the image is named after, and nothing needs a signature.
	writeFileSync(join(place, 'registries.conf'), 'unqualified-search-registries = ["docker.io"]\n');
	writeFileSync(join(place, 'policy.json'), '{"default": [{"type": "insecureAcceptAnything"}]}\n');
	return {
		CONTAINERS_STORAGE_CONF: join(own, 'storage.conf'),
		PODMAN_IGNORE_CGROUPSV1_WARNING: '1',
	};
}

// As docs/clients/podman.md says.
function places(): { settings: string; run: string } {
	if (process.getuid?.() === 0) return { settings: '/etc/containers', run: '/run' };
	const { HOME, XDG_RUNTIME_DIR } = process.env;
	return { settings: `${HOME}/.config/containers`, run: `${XDG_RUNTIME_DIR}` };
}

/** Scenarios with a Podman that has the image. */
export function withPodman(body: (podman: Podman, runtime: EngineRuntime) => void): void {
	withEachRuntime('podman', [packaged('podman'), packaged('conmon')], (runtime) => {
		const podman = new Podman(runtime);
		beforeAll(async () => {
			await podman.output('load', '--quiet', '--input', imageArchive());
			// Not in the tests' time: what Podman makes once, with the first container.
			await podman.inside([], 'true');
		}, 60_000);
		body(podman, runtime);
	});
}
