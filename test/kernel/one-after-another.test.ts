import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Runtime } from '../../lib/index.js';
import { bundle, scriptBundle } from '../harness/bundle.js';
import { HookLog, hookKinds, shellHook } from '../harness/hooks.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { stateRoot } from '../harness/state-root.js';

const processors: Requirement = { what: 'two processors', met: () => availableParallelism() >= 2 };

// What the plans of one config have in common is made once (PlanMemory): what differs has to differ all the same.
describeWith([root, busybox], 'containers of one config, one after another in one process', () => {
	test('hooks are told the id of each', async () => {
		const log = new HookLog();
		const { path } = scriptBundle('cat /proc/self/cgroup', (config) => log.watch(config));
		const runtime = new Runtime({ root: stateRoot() });
		const ids = ['first', 'second', 'third'].map((name) => containerId(name));
		for (const id of ids) await runtime.capture(id, path);
		expect(log.calls().map(({ state }) => state['id'])).toEqual(ids.flatMap((id) => hookKinds.map(() => id)));
	});

	test('a cgroup that is mounted without a namespace is that of the container', async () => {
		const { path } = scriptBundle('ls -d /sys/fs/cgroup/*/ /sys/fs/cgroup; cat /proc/self/cgroup', (config) => {
			config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'cgroup');
		});
		const runtime = new Runtime({ root: stateRoot() });
		for (const id of [containerId('first'), containerId('second'), containerId('third')]) {
			const { stdout } = await runtime.capture(id, path);
			expect(stdout).toContain(`/${id}\n`);
		}
	});

	test('a config.json that has changed is read anew', async () => {
		const { path } = bundle((config) => {
			config.process.args = ['echo', 'before'];
		});
		const file = join(path, 'config.json');
		const runtime = new Runtime({ root: stateRoot() });
		for (let times = 0; times < 2; times += 1)
			expect((await runtime.capture(containerId(), path)).stdout).toBe('before\n');
		writeFileSync(file, readFileSync(file, 'utf8').replace('before', 'after'));
		for (let times = 0; times < 2; times += 1)
			expect((await runtime.capture(containerId(), path)).stdout).toBe('after\n');
	});

	test('one is created and one is run', async () => {
		const { path } = scriptBundle('echo here');
		const runtime = new Runtime({ root: stateRoot() });
		for (let times = 0; times < 2; times += 1) {
			expect((await runtime.capture(containerId(), path)).stdout).toBe('here\n');
			await using created = await runtime.create(containerId(), path, { stdio: 'ignore' });
			expect((await created.state()).status).toBe('created');
			await created.start();
			expect(await created.wait()).toEqual({ code: 0, signal: null });
		}
	});
});

const own = /^Cpus_allowed_list:\t(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];

const unbound: Requirement = {
	what: 'a process that may use every processor',
	met: () => own === readFileSync('/sys/devices/system/cpu/online', 'utf8').trim(),
};

// The thread that clones the helper is kept from our processor.
describeWith([root, busybox, processors, unbound], 'processors', () => {
	const list = "sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status";

	test('the program has all that its parent has', async () => {
		const { path } = scriptBundle(list);
		const runtime = new Runtime({ root: stateRoot() });
		for (let times = 0; times < 3; times += 1)
			expect((await runtime.capture(containerId(), path)).stdout.trim()).toBe(own);
	});

	test.each(['createContainer', 'startContainer'] as const)('so has a hook of kind %s', async (kind) => {
		const log = new HookLog();
		const file = join(log.folder, 'processors');
		const { path } = bundle((config) => {
			config.hooks = { [kind]: [shellHook(`${list} > ${file}`)] };
			log.share(config);
		});
		await new Runtime({ root: stateRoot() }).capture(containerId(), path);
		expect(readFileSync(file, 'utf8').trim()).toBe(own);
	});
});
