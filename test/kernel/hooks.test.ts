import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, scriptBundle } from '../harness/bundle.js';
import { HookLog, hookKinds, shellHook } from '../harness/hooks.js';
import { newRuntime, run } from '../harness/inside.js';
import { namespacesOf } from '../harness/namespaces.js';
import { readable } from '../harness/readable.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

function watchedBundle(log: HookLog): Bundle {
	return scriptBundle(
		`echo name program >> ${log.folder}/log; echo 'input {}' >> ${log.folder}/log; echo --- >> ${log.folder}/log; sleep 600`,
		(config) => {
			config.annotations = { 'org.example.key': 'värde' };
			log.watch(config);
		},
	);
}

describeWith([root, busybox], 'hooks', () => {
	test('run in their order, before and after the program', async () => {
		const log = new HookLog();
		const { path } = watchedBundle(log);
		{
			await using container = await newRuntime().create(containerId(), path, { stdio: 'ignore' });
			expect(log.names()).toEqual(['prestart', 'createRuntime', 'createContainer']);
			await container.start();
		}
		const names = log.names();
		// The program and the poststart hooks run side by side.
		expect(names.filter((name) => name !== 'program')).toEqual([...hookKinds]);
		expect(names.indexOf('program')).toBeGreaterThan(names.indexOf('startContainer'));
	});

	test('see the namespaces they belong to', async () => {
		const log = new HookLog();
		const { path } = watchedBundle(log);
		await using container = await newRuntime().create(containerId(), path, { stdio: 'ignore' });
		await container.start();
		const [theirs, ours] = [namespacesOf(container.pid), namespacesOf()];
		await container.delete({ force: true });
		for (const { name, namespaces } of log.calls()) {
			const inner = name === 'createContainer' || name === 'startContainer';
			if (name !== 'program') expect({ name, ...namespaces }).toEqual({ name, ...(inner ? theirs : ours) });
		}
	});

	test('read the state, with the pid that is true where they run', async () => {
		const log = new HookLog();
		const { path } = watchedBundle(log);
		const id = containerId();
		await using container = await newRuntime().create(id, path, { stdio: 'ignore' });
		await container.start();
		const { pid } = container;
		await container.delete({ force: true });
		const common = { ociVersion: expect.stringMatching(/^1\./), id, bundle: path };
		const annotations = { 'org.example.key': 'värde' };
		const seen = Object.fromEntries(log.calls().map(({ name, state }) => [name, state]));
		expect(seen).toMatchObject({
			prestart: { ...common, annotations, status: 'created', pid },
			createRuntime: { ...common, annotations, status: 'created', pid },
			createContainer: { ...common, annotations, status: 'created', pid: 1 },
			startContainer: { ...common, annotations, status: 'created', pid: 1 },
			poststart: { ...common, annotations, status: 'running', pid },
			poststop: { ...common, annotations, status: 'stopped' },
		});
	});

	test('several of a kind, in the order of the list', async () => {
		const log = new HookLog();
		const { path } = scriptBundle('true', (config) => {
			config.hooks = Object.fromEntries(
				hookKinds.map((kind) => [kind, [1, 2, 3].map((number) => log.hook(`${kind}${number}`))]),
			);
			log.share(config);
		});
		await run(path);
		expect(log.names()).toEqual(hookKinds.flatMap((kind) => [1, 2, 3].map((number) => `${kind}${number}`)));
	});

	test('createContainer sees the mounts of the container and still the old root', async () => {
		const seen = join(scratch(), 'seen');
		const box = scriptBundle('true', (config) => {
			const look = `[ -d ${'$'}{PWD%/}/ ] && grep -c ' ${seen.split('/scratch')[0]}.*rootfs/dev/pts ' /proc/self/mountinfo > ${seen}; hostname >> ${seen}; test -e /etc/debian_version && echo host >> ${seen}; true`;
			config.hooks = { createContainer: [shellHook(look)] };
			config.hostname = 'inside';
		});
		await run(box.path);
		expect(readFileSync(seen, 'utf8')).toMatch(/^1\ninside\n/);
	});

	test('createContainer starts in the root file system, as long as it is a directory of the host', async () => {
		const box = scriptBundle('cat /left-by-hook', (config) => {
			config.hooks = { createContainer: [shellHook('echo here > left-by-hook')] };
		});
		expect(await run(box.path)).toMatchObject({ stdout: 'here\n', exit: { code: 0 } });
	});

	test('startContainer without an environment has that of the program, with the HOME of its user', async () => {
		const folder = scratch();
		const tell = { path: '/bin/sh', args: ['sh', '-c', `echo "$HOME" >> ${folder}/home`] };
		const box = scriptBundle('true', (config) => {
			config.process.env = ['PATH=/bin'];
			config.mounts.push({ destination: folder, source: folder, options: ['bind'] });
			config.hooks = { startContainer: [tell, { ...tell, env: ['HOME=/own'] }, { ...tell, env: [] }] };
		});
		await run(box.path);
		expect(readFileSync(join(folder, 'home'), 'utf8')).toBe('/root\n/own\n\n');
	});

	test('have the arguments and the environment of their entry, or what their surroundings give', async () => {
		process.env['TSRUN_TEST_HOOK'] = 'inherited';
		const folder = scratch();
		const tell = (name: string) => `echo "$0 $# $1 \${TSRUN_TEST_HOOK-none} \${OWN-none}" > ${folder}/${name}`;
		const hook = (name: string, env?: string[]) => ({
			path: '/bin/sh',
			args: ['sh', '-c', tell(name), 'zero', 'first word', 'second'],
			...(env === undefined ? {} : { env }),
		});
		const { path } = scriptBundle('true', (config) => {
			config.process.env.push('OWN=program');
			config.mounts.push({ destination: folder, source: folder, options: ['bind'] });
			config.hooks = {
				prestart: [hook('prestart', ['OWN=entry'])],
				createRuntime: [hook('createRuntime')],
				createContainer: [hook('createContainer', ['OWN=entry'])],
				startContainer: [hook('startContainer')],
				poststart: [hook('poststart', [])],
			};
		});
		await run(path);
		const seen = (name: string) => readFileSync(join(folder, name), 'utf8');
		expect(seen('prestart')).toBe('zero 2 first word none entry\n');
		expect(seen('createRuntime')).toBe('zero 2 first word inherited none\n');
		expect(seen('createContainer')).toBe('zero 2 first word none entry\n');
		expect(seen('startContainer')).toBe('zero 2 first word none program\n');
		expect(seen('poststart')).toBe('zero 2 first word none none\n');
	});

	test('get no descriptor of the runtime or of init', async () => {
		const folder = scratch();
		const { path } = scriptBundle('true', (config) => {
			config.mounts.push({ destination: folder, source: folder, options: ['bind'] });
			// 3 is the directory that ls reads.
			const list = (kind: string) => shellHook(`ls /proc/self/fd > ${folder}/${kind}`);
			config.hooks = Object.fromEntries(hookKinds.map((kind) => [kind, [list(kind)]]));
		});
		await run(path);
		const seen = (kind: string) => readFileSync(join(folder, kind), 'utf8').trim().split('\n').sort();
		for (const kind of ['createContainer', 'startContainer'])
			expect([kind, seen(kind)]).toEqual([kind, ['0', '1', '2', '3']]);
		// What our own caller has left open for everybody goes to the hooks of the host as well.
		const inherited = inheritableDescriptors();
		for (const kind of ['prestart', 'createRuntime', 'poststart', 'poststop']) {
			expect([kind, seen(kind).filter((fd) => !inherited.has(fd))]).toEqual([kind, ['0', '1', '2', '3']]);
		}
	});

	test('need not read their state, however long it is', async () => {
		const { path } = scriptBundle('true', (config) => {
			config.annotations = { long: 'x'.repeat(300_000) };
			config.hooks = Object.fromEntries(hookKinds.map((kind) => [kind, [{ path: '/bin/true' }]]));
		});
		expect(await run(path)).toMatchObject({ exit: { code: 0 }, warnings: [] });
	});

	test('read all of a long state', async () => {
		const folder = scratch();
		const { path } = scriptBundle('true', (config) => {
			config.annotations = { long: 'x'.repeat(300_000) };
			config.mounts.push({ destination: folder, source: folder, options: ['bind'] });
			config.hooks = Object.fromEntries(hookKinds.map((kind) => [kind, [shellHook(`cat > ${folder}/${kind}`)]]));
		});
		await run(path);
		for (const kind of hookKinds) {
			expect(JSON.parse(readFileSync(join(folder, kind), 'utf8')).annotations.long).toHaveLength(300_000);
		}
	});

	test('in a user namespace: those inside are its root', async () => {
		const folder = scratch();
		execFileSync('chmod', ['777', folder]);
		const { path } = scriptBundle('true', (config) => {
			const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
			config.linux.namespaces.push({ type: 'user' });
			Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
			config.hooks = { createContainer: [shellHook(`id -u > ${folder}/uid; cat /proc/self/uid_map >> ${folder}/uid`)] };
		});
		await run(path);
		expect(readFileSync(join(folder, 'uid'), 'utf8').split(/\s+/)).toEqual(['0', '0', '100000', '65536', '']);
	});
});

/** Numbers of our descriptors above the standard ones that every child of ours inherits. */
function inheritableDescriptors(): Set<string> {
	const closeOnExec = 0o2000000;
	const flags = (fd: string) =>
		readable(() => readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.match(/^flags:\s*(\d+)/m)?.[1];
	return new Set(
		readdirSync('/proc/self/fd').filter(
			(fd) => Number(fd) > 3 && !(Number.parseInt(flags(fd) ?? '0', 8) & closeOnExec),
		),
	);
}
