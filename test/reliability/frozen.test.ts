import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { gatherFacts } from '../../lib/host/index.js';
import { scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import { cgroupOf, legacyController } from '../harness/controllers.js';
import { eventually } from '../harness/eventually.js';
import { newRuntime } from '../harness/inside.js';
import { isAlive } from '../harness/is-alive.js';
import { measured } from '../harness/measured.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, token } from '../harness/scratch.js';
import { staticCompiler } from '../harness/static-program.js';

const legacy = legacyController('freezer').met();

/** The switch of a cgroup, which somebody else than tsrun uses. */
function freezer(directory: string): Disposable & { set(frozen: boolean): void } {
	const file = legacy ? `${directory}/freezer.state` : `${directory}/cgroup.freeze`;
	const words = legacy ? ['THAWED', 'FROZEN'] : ['0', '1'];
	const set = (frozen: boolean) => writeFileSync(file, words[Number(frozen)] ?? '');
	return { set, [Symbol.dispose]: () => existsSync(file) && set(false) };
}

const directoryOf = (pid: number) => cgroupOf(pid, legacy ? 'freezer' : 'unified');
const standsStill = (directory: string) =>
	legacy
		? readFileSync(`${directory}/freezer.state`, 'utf8').trim() === 'FROZEN'
		: /^frozen 1$/m.test(readFileSync(`${directory}/cgroup.events`, 'utf8'));

// What stands still in a cgroup is as near as one gets to a process that hangs in the kernel: it does nothing, whatever it is told.
describeWith([root, busybox, staticCompiler], 'a container whose processes stand still', () => {
	test('by its own cgroup, frozen by somebody else: exec says so, and delete ends it', async () => {
		const { path } = scriptBundle('sleep 600');
		await using container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
		const directory = directoryOf(container.pid);
		freezer(directory).set(true);
		await eventually('it stands still', () => standsStill(directory));
		expect(await container.state()).toMatchObject({ status: 'paused' });
		const joined = await measured(['exec', container.id, 'true']);
		expect(joined.status).toBe(255);
		expect(joined.stderr).toContain('paused');
		expect(joined.milliseconds).toBeLessThan(5_000);
		expect(await tsrun(['delete', container.id])).toMatchObject({ status: 1 });
		expect(await tsrun(['kill', container.id, 'TERM'])).toMatchObject({ status: 0 });
		expect(isAlive(container.pid)).toBe(true);
		const deleted = await measured(['delete', '--force', container.id]);
		expect(deleted).toMatchObject({ status: 0, stderr: '' });
		expect(deleted.milliseconds).toBeLessThan(5_000);
		expect(isAlive(container.pid)).toBe(false);
	});

	test('by its own cgroup, and is killed', async () => {
		const { path } = scriptBundle('sleep 600');
		await using container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
		await container.pause();
		expect(await tsrun(['kill', container.id, 'KILL'])).toMatchObject({ status: 0, stderr: '' });
		expect(await container.wait({ signal: AbortSignal.timeout(10_000) })).toEqual({ code: null, signal: 9 });
	});

	test('by a cgroup above, which is not ours to thaw: an error in bounded time, and deletion once it is thawed', async () => {
		const facts = gatherFacts();
		const mount = legacy
			? facts.cgroup.v1.find(({ controllers }) => controllers.includes('freezer'))?.mount
			: facts.cgroup.unified?.mount;
		const parent = `${mount}/${token}-above`;
		mkdirSync(parent);
		const { path } = scriptBundle('sleep 600', (config) => {
			config.linux['cgroupsPath'] = `/${token}-above/inner`;
		});
		const container = await newRuntime().run(containerId(), path, { stdio: 'ignore' });
		using above = freezer(parent);
		above.set(true);
		await eventually('it stands still', () => standsStill(parent));
		const joined = await measured(['exec', container.id, 'true']);
		expect(joined.status).toBe(255);
		expect(joined.stderr).toContain('frozen');
		expect(joined.milliseconds).toBeLessThan(5_000);
		const beside = scriptBundle('sleep 600', (config) => {
			config.linux['cgroupsPath'] = `/${token}-above/beside`;
		});
		const created = await measured(['create', '--bundle', beside.path, containerId()]);
		expect(created.status).toBe(1);
		expect(created.stderr).toContain('frozen');

		const deleted = await measured(['delete', '--force', container.id]);
		// What a freezer of v1 holds is not even killed; that of the unified hierarchy lets go of what is.
		expect(deleted.status).toBe(legacy ? 1 : 0);
		if (legacy) expect(deleted.stderr).toContain('does not end within 10 s of SIGKILL');
		above.set(false);
		expect(await tsrun(['delete', '--force', container.id])).toMatchObject({ status: 0, stderr: '' });
		rmdirSync(parent);
	}, 60_000);
});
