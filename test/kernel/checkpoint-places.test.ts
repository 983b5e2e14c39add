import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { ConsoleSocket } from '../harness/console-socket.js';
import { counted, countingBundle, countOf, countsOn, criu } from '../harness/criu.js';
import { HookLog } from '../harness/hooks.js';
import { hostTmpfs } from '../harness/host-mounts.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, cgroup1View, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

const quiet = { stdio: 'ignore' } as const;

/** Runs, saves and restores a container, and gives what a script prints in the restored one. */
async function afterRestore(
	script: string,
	edit: (config: Config) => void,
	prepare: (rootfs: string) => void = () => {},
) {
	const runtime = newRuntime();
	const bundle = countingBundle(edit);
	prepare(bundle.rootfs);
	const images = scratch('images');
	await using first = await runtime.run(containerId(), bundle.path, quiet);
	await counted(bundle);
	await first.checkpoint(images);
	const saved = countOf(bundle);
	await using second = await runtime.restore(containerId(), bundle.path, images, quiet);
	await countsOn(bundle, saved);
	const look = await second.exec(['sh', '-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
	const { stdout, stderr } = await look.output();
	expect(stderr).toBe('');
	return stdout.trimEnd();
}

describeWith([root, busybox, criu], 'what a restored container finds', () => {
	test('a bind mount whose place is reached by a symlink of the image', async () => {
		const source = scratch('source');
		writeFileSync(join(source, 'file'), 'of the host');
		const edit = (config: Config) => void config.mounts.push({ destination: '/conf', source, options: ['bind'] });
		const prepare = (rootfs: string) => {
			mkdirSync(join(rootfs, 'real/conf'), { recursive: true });
			symlinkSync('/real/conf', join(rootfs, 'conf'));
		};
		expect(await afterRestore('cat /real/conf/file /conf/file', edit, prepare)).toBe('of the hostof the host');
	});

	test('what is mounted below the source of a recursive bind mount', async () => {
		const source = scratch('source');
		mkdirSync(join(source, 'inner'));
		using _inner = hostTmpfs([], join(source, 'inner'));
		writeFileSync(join(source, 'inner/file'), 'in the tmpfs of the host');
		const edit = (config: Config) => void config.mounts.push({ destination: '/volume', source, options: ['rbind'] });
		expect(await afterRestore('cat /volume/inner/file', edit)).toBe('in the tmpfs of the host');
	});

	test('masked and read-only paths', async () => {
		const script = 'cat /proc/keys /masked; ls /hidden; touch /proc/sys/x /kept/x 2>/dev/null || echo refused';
		const edit = (config: Config) => {
			config.linux['maskedPaths'] = ['/proc/keys', '/masked', '/hidden', '/proc/acpi', '/sys/firmware', '/absent'];
			config.linux['readonlyPaths'] = ['/proc/sys', '/kept'];
		};
		const prepare = (rootfs: string) => {
			writeFileSync(join(rootfs, 'masked'), 'a secret');
			mkdirSync(join(rootfs, 'hidden/secret'), { recursive: true });
			mkdirSync(join(rootfs, 'kept'));
		};
		expect(await afterRestore(script, edit, prepare)).toBe('refused');
	});

	test('ids that are mapped: of a user namespace, and of a mount', async () => {
		const source = scratch('source');
		writeFileSync(join(source, 'file'), '');
		const edit = (config: Config) => {
			config.linux.namespaces.push({ type: 'user' });
			config.linux['uidMappings'] = [{ containerID: 0, hostID: 0, size: 65536 }];
			config.linux['gidMappings'] = [{ containerID: 0, hostID: 0, size: 65536 }];
			config.mounts.push({
				destination: '/volume',
				source,
				options: ['bind'],
				uidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
				gidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
			});
		};
		expect(await afterRestore('stat -c %u /volume/file; cat /proc/self/uid_map | tr -s " "', edit)).toBe(
			'1000\n 0 0 65536',
		);
	});

	test('hooks of the bundle: in its namespaces before it runs, and after its end', async () => {
		const runtime = newRuntime();
		const log = new HookLog();
		const plain = countingBundle();
		const images = scratch('images');
		const first = await runtime.run(containerId(), plain.path, quiet);
		await counted(plain);
		await first.checkpoint(images);
		const saved = countOf(plain);

		const hooked = countingBundle((config) =>
			log.watch(config, ['prestart', 'createRuntime', 'poststart', 'poststop']),
		);
		// The program has its files in the first one's root.
		const id = containerId();
		await using second = await runtime.restore(id, hooked.path, images, quiet);
		await counted(hooked, saved);
		expect(log.names()).toEqual(['prestart', 'createRuntime']);
		expect(log.calls()[1]?.state).toMatchObject({ id, status: 'created', pid: second.pid, bundle: hooked.path });
		await second.delete({ force: true });
		expect(log.names()).toEqual(['prestart', 'createRuntime', 'poststop']);
	});

	test('a terminal, whose other end is handed out anew', async () => {
		using console = new ConsoleSocket();
		const runtime = newRuntime();
		const { path } = scriptBundle('while read word; do echo "got $word"; done', (config) => {
			config.process.terminal = true;
		});
		const images = scratch('images');
		const running = await runtime.run(containerId(), path, { consoleSocket: console.path });
		const before = await console.receive();
		before.terminal.input.write('one\n');
		await seen(before.terminal.output, 'got one');
		await running.checkpoint(images);
		before.terminal.close();

		await using restored = await runtime.restore(containerId(), path, images, { consoleSocket: console.path });
		const after = await console.receive();
		after.terminal.input.write('two\n');
		await seen(after.terminal.output, 'got two');
		expect((await restored.state()).status).toBe('running');
		after.terminal.close();
	});

	test('a terminal that this program serves', async () => {
		const runtime = newRuntime();
		const { path } = scriptBundle('while read word; do echo "got $word"; done', (config) => {
			config.process.terminal = true;
		});
		const images = scratch('images');
		const first = await runtime.run(containerId(), path, { stdio: 'pipe' });
		first.terminal?.input.write('one\n');
		for await (const line of first.lines()) if (line.includes('got one')) break;
		await first.checkpoint(images);
		await using second = await runtime.restore(containerId(), path, images, { stdio: 'pipe' });
		second.terminal?.input.write('two\n');
		for await (const line of second.lines()) if (line.includes('got two')) break;
	});
});

describeWith([root, busybox, criu, cgroup1View], 'a restored container with cgroup v1', () => {
	test('a cgroup namespace of its own', async () => {
		const edit = (config: Config) => void config.linux.namespaces.push({ type: 'cgroup' });
		expect(await afterRestore('cat /proc/self/cgroup | grep freezer | cut -d: -f3', edit)).toBe('/');
	});
});

/** Waits until a terminal has shown a text. */
async function seen(output: AsyncIterable<unknown>, text: string): Promise<void> {
	let shown = '';
	for await (const chunk of output) {
		shown += String(chunk);
		if (shown.includes(text)) return;
	}
	throw new Error(`the terminal has shown ${JSON.stringify(shown)} only`);
}
