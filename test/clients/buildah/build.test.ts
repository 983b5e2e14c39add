import { buildContext, builtOutput, failingContext } from '../harness/build-context.js';
import { atTerminal, call, output } from '../harness/call.js';
import { watchStage } from '../harness/leftovers.js';
import { withEachRuntime } from '../harness/runtimes.js';
import { imageArchive, packaged } from '../harness/stage.js';
import { containersEnvironment, image, Podman, records } from '../podman/engine.js';

withEachRuntime('buildah', [packaged('buildah'), packaged('podman')], (runtime) => {
	const podman = new Podman(runtime);
	const options = () => ({ env: { ...containersEnvironment(), BUILDAH_RUNTIME: runtime.program }, timeout: 60_000 });
	const buildah = (...words: string[]) => output(['buildah', ...words], options());

	let leftovers: () => Promise<string[]>;
	let box: string;
	beforeAll(async () => {
		await podman.output('load', '--quiet', '--input', imageArchive());
		// What Podman makes once, with the first container.
		await podman.inside([], 'true');
		leftovers = watchStage(records);
		box = await buildah('from', '--pull-never', image);
	});

	test('run: output, exit status, user', async () => {
		const result = await call(['buildah', 'run', box, 'sh', '-c', 'echo out; exit 7'], options());
		expect(result).toMatchObject({ status: 7, stdout: 'out\n' });
		expect(await buildah('run', '--user', '1000', box, 'id', '-u')).toBe('1000');
	});

	test('run at a terminal', async () => {
		const env = Object.entries(options().env).map(([name, value]) => `${name}=${value}`);
		const words = ['env', ...env, 'buildah', 'run', '--tty', box, 'sh', '-c', 'tty; read line; exit 6'];
		const { status, stdout } = await atTerminal(words, { after: '/dev/pts', keys: '\n' });
		expect(status).toBe(6);
		expect(stdout).toContain('/dev/pts/0');
	});

	test('run with a volume', async () => {
		expect(
			await buildah('run', '--isolation', 'oci', '--volume', '/etc:/host-etc:ro', box, 'ls', '/host-etc/passwd'),
		).toBe('/host-etc/passwd');
	});

	test('bud of a Dockerfile, and a container of it', async () => {
		await buildah('bud', '--pull-never', '--build-arg', 'number=5', '--tag', 'built', buildContext());
		expect(await podman.output('run', '--rm', 'built')).toBe(builtOutput);
		await buildah('rmi', '--force', 'built');
	}, 90_000);

	test('bud --runtime', async () => {
		const env = { ...containersEnvironment(), BUILDAH_RUNTIME: '/no/such/runtime' };
		const words = ['bud', '--runtime', runtime.program, '--pull-never', '--build-arg', 'number=5', '--tag', 'flagged'];
		await output(['buildah', ...words, buildContext()], { env, timeout: 60_000 });
		await buildah('rmi', '--force', 'flagged');
	}, 90_000);

	test('podman build with --cgroup-parent, which is the cgroup of each step', async () => {
		const words = ['--pull=never', '--no-cache', '--cgroup-parent', '/tsrun-parent', '--build-arg', 'number=5'];
		await podman.output('build', ...words, '--tag', 'parented', buildContext());
		await podman.output('rmi', '--force', 'parented');
	}, 90_000);

	test('a step that fails', async () => {
		await expect(buildah('bud', '--pull-never', failingContext())).rejects.toThrow(/exit status 9/);
	});

	test('afterwards nothing is left', async () => {
		await buildah('rm', '--all');
		expect(await leftovers()).toEqual([]);
	});
});
