import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bind, cpus, defineSpec, memory, namespace, pids, tmpfs, userNamespace } from '../../lib/define/index.js';
import { Runtime, type SpecInput } from '../../lib/index.js';
import { controller } from '../harness/controllers.js';
import { failureOf } from '../harness/failure.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { makeRootfs } from '../harness/rootfs.js';
import { containerId, scratch } from '../harness/scratch.js';
import { recordedContainers, stateRoot } from '../harness/state-root.js';

let rootfs: string;
const runtime = new Runtime({ root: stateRoot() });

describeWith([root, busybox], 'a container out of an object', () => {
	beforeAll(() => {
		rootfs = join(scratch(), 'rootfs');
		makeRootfs(rootfs);
	});

	const sh = (script: string) => ({ rootfs, args: ['sh', '-c', script] });

	test('runs what it says, and its bundle is its own, gone with it', async () => {
		const id = containerId();
		const spec = defineSpec({
			...sh('echo "$GREETING from $(hostname) as $(id -u):$(id -g) in $PWD"'),
			env: { GREETING: 'hello' },
			hostname: 'object',
			user: { uid: 1000 },
			cwd: '/home/user',
		});
		await using container = await runtime.create(id, spec, { stdio: ['ignore', 'pipe', 'inherit'] });
		const { bundle } = await container.state();
		expect(bundle).toBe(join(stateRoot(), id));
		expect(JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(spec)));
		await container.start();
		expect(await container.output()).toMatchObject({
			code: 0,
			stdout: 'hello from object as 1000:1000 in /home/user\n',
		});
		await container.delete();
		expect(existsSync(bundle)).toBe(false);
	});

	test('has no network, no writable file and hardly a capability unless the config says otherwise', async () => {
		const look = 'ls /sys/class/net; touch /probe 2>&1; grep CapBnd /proc/self/status';
		const { stdout } = await runtime.capture(containerId(), defineSpec(sh(look)));
		expect(stdout).toBe('lo\ntouch: /probe: Read-only file system\nCapBnd:\t0000000020000420\n');
	});

	test('shows what is bound, and keeps what is written to memory', async () => {
		const look = 'cat /in/passwd | head -n 1; echo no >/in/new; echo yes >/work/new; cat /work/new';
		const spec = defineSpec(sh(look), bind(join(rootfs, 'etc'), '/in'), tmpfs('/work', { size: '1MiB' }));
		const { stdout, stderr } = await runtime.capture(containerId(), spec);
		expect(stdout).toBe('root:x:0:0:root:/root:/bin/sh\nyes\n');
		expect(stderr).toContain('Read-only file system');
	});

	test("shares another one's network and has ids of its own", async () => {
		await using first = await runtime.run(containerId(), defineSpec(sh('sleep 1000')), { stdio: 'ignore' });
		const look = 'readlink /proc/self/ns/net';
		const second = await runtime.capture(containerId(), defineSpec(sh(look), namespace('network', { pid: first.pid })));
		expect(second.stdout).toBe((await first.capture(['readlink', '/proc/self/ns/net'])).stdout);
		const mapped = await runtime.capture(
			containerId(),
			defineSpec(sh('cat /proc/self/uid_map'), userNamespace(100_000)),
		);
		expect(mapped.stdout.trim().split(/ +/)).toEqual(['0', '100000', '65536']);
	});

	test('is planned as it would be made', async () => {
		const plan = await runtime.plan(defineSpec(sh('true')), { id: 'planned' });
		expect(plan.steps.some(({ operation }) => operation === 'exec')).toBe(true);
		expect(recordedContainers()).toEqual([]);
	});

	test.each<[string, (spec: SpecInput) => unknown, string]>([
		['a root that is relative', (spec) => ({ ...spec, root: { path: 'rootfs' } }), '/root/path'],
		['a member of the wrong kind', (spec) => ({ ...spec, hostname: 5 }), '/hostname'],
		['what JSON has no text for', (spec) => ({ ...spec, annotations: { at: () => {} } }), '/annotations/at'],
		['an object of a class', (spec) => ({ ...spec, annotations: new Map() }), '/annotations'],
		[
			'a number that is none',
			(spec) => ({ ...spec, process: { ...spec.process, oomScoreAdj: Number.NaN } }),
			'/process/oomScoreAdj',
		],
		['a member that comes around to itself', (spec) => circular(spec), '/annotations'],
	])('%s is refused by its pointer, and nothing is left', async (_, edit, pointer) => {
		const error = await failureOf(runtime.create(containerId(), edit(defineSpec(sh('true'))) as SpecInput));
		expect(error).toMatchObject({ code: 'ERR_CONFIG_INVALID', where: undefined });
		expect(error.pointer?.startsWith(pointer)).toBe(true);
		expect(error.message).toMatch(/^the spec object: \//);
		expect(recordedContainers()).toEqual([]);
	});

	test('a config that is an object has no file beside it', async () => {
		const attempt = runtime.create(containerId(), defineSpec(sh('true')), { configFile: '/etc/passwd' });
		expect(await failureOf(attempt)).toMatchObject({ code: 'ERR_ARGUMENT' });
	});
});

function circular(spec: SpecInput): unknown {
	const annotations: Record<string, unknown> = {};
	annotations['self'] = annotations;
	return { ...spec, annotations };
}

describeWith([root, busybox, controller('memory'), controller('pids'), controller('cpu')], 'its limits', () => {
	test('hold, and are changed by plain numbers', async () => {
		const spec = defineSpec({ rootfs, args: ['sleep', '1000'] }, memory('64MiB'), pids(20), cpus(0.5));
		await using container = await runtime.run(containerId(), spec, { stdio: 'ignore' });
		const stats = async () => {
			for await (const sample of container.stats()) return sample;
			throw new Error('no sample');
		};
		expect(await stats()).toMatchObject({ memory: { usage: { limit: 67_108_864n } }, pids: { limit: 20n } });
		await container.update({ memory: { limit: 2 ** 25, swap: 2 ** 25 }, pids: { limit: 30 } });
		expect(await stats()).toMatchObject({ memory: { usage: { limit: 33_554_432n } }, pids: { limit: 30n } });
		const refused = container.update({ pids: { limit: 'many' } } as never);
		expect(await failureOf(refused)).toMatchObject({ code: 'ERR_CONFIG_INVALID', pointer: '/pids/limit' });
	});
});
