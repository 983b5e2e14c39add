import type { OwnedContainer } from '../../lib/index.js';
import { type Bundle, scriptBundle } from '../harness/bundle.js';
import { tsrun } from '../harness/cli.js';
import type { Config } from '../harness/config.js';
import { eventually } from '../harness/eventually.js';
import { newRuntime } from '../harness/inside.js';
import { isAlive } from '../harness/is-alive.js';
import { ready } from '../harness/limited.js';
import { measured } from '../harness/measured.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { installProgram, staticCompiler } from '../harness/static-program.js';

/** Of nobody else on the machine, and each of one test: RLIMIT_NPROC counts what a user has everywhere, zombies too. */
let lonely = 54_321;
const most = 400;

/** A limit that also holds where no controller `pids` reaches the container. */
function fewProcesses(config: Config): void {
	lonely++;
	config.process.user = { uid: lonely, gid: lonely };
	config.process['rlimits'] = [{ type: 'RLIMIT_NPROC', soft: most, hard: most }];
}

const sharedPids = (config: Config) => {
	config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'pid');
};

function started({ path }: Bundle): Promise<OwnedContainer> {
	return newRuntime().create(containerId(), path, { stdio: 'pipe' });
}

/** What tsrun may take for a verb, whatever the container does. Bun alone takes half of the memory. */
const bounds = { mebibytes: 200, milliseconds: 8_000 };

async function expectCleanEnd(container: OwnedContainer): Promise<void> {
	const { pid, id } = container;
	const { mebibytes, milliseconds, ...ended } = await measured(['delete', '--force', id]);
	expect(ended).toMatchObject({ status: 0, stdout: '', stderr: '' });
	expect(mebibytes).toBeLessThan(bounds.mebibytes);
	expect(milliseconds).toBeLessThan(bounds.milliseconds);
	expect(isAlive(pid)).toBe(false);
}

describeWith([root, busybox, staticCompiler], 'a container whose processes are up to no good', () => {
	test.each([
		['with a pid namespace', () => {}],
		['without one', sharedPids],
	])('a fork bomb %s: it is told of, entered or not, and ended', async (_title, edit) => {
		const bomb = `echo ready; exec awk 'BEGIN { while (1) system("(sleep 1000 & sleep 1000) &") }'`;
		await using container = await started(
			scriptBundle(bomb, (config) => {
				fewProcesses(config);
				edit(config);
			}),
		);
		await ready(container);
		await eventually('it has used up what it may have', async () => (await container.ps()).length > most / 2);
		expect(await tsrun(['state', container.id])).toMatchObject({ status: 0 });
		const { mebibytes, ...listed } = await measured(['ps', container.id]);
		expect(listed).toMatchObject({ status: 0, stderr: '' });
		expect(mebibytes).toBeLessThan(bounds.mebibytes);
		const joined = await measured(['exec', container.id, 'true']);
		expect(joined.milliseconds).toBeLessThan(bounds.milliseconds);
		if (joined.status !== 0) expect(joined.stderr).toMatch(/resource temporarily unavailable|cannot fork/i);
		await expectCleanEnd(container);
	});

	test('a maker of zombies: they are in nobody’s way, and gone with it', async () => {
		const bundle = scriptBundle('exec zombies', fewProcesses);
		installProgram('zombies', bundle.rootfs);
		await using container = await started(bundle);
		const made = Number((await ready(container)).split(' ')[1]);
		expect(made).toBeGreaterThan(most / 2);
		// cgroup.procs leaves out what has ended; the last ones may be on their way.
		await eventually('only their parent is told of', async () => (await container.ps()).join() === `${container.pid}`);
		const joined = await measured(['exec', container.id, 'true']);
		expect(joined.milliseconds).toBeLessThan(bounds.milliseconds);
		if (joined.status !== 0) expect(joined.stderr).toContain('resource temporarily unavailable');
		await expectCleanEnd(container);
	});

	test.each([
		['with a pid namespace', () => {}],
		['without one', sharedPids],
	])('a program %s that ignores all signals ends by SIGKILL', async (_title, edit) => {
		const bundle = scriptBundle('exec deaf', edit);
		installProgram('deaf', bundle.rootfs);
		await using container = await started(bundle);
		await ready(container);
		for (const signal of ['TERM', 'INT', 'HUP', 'QUIT', 'ABRT', 'SEGV']) await container.kill(`SIG${signal}`);
		const pids = await container.ps();
		expect(pids).toHaveLength(2);
		expect(await container.state()).toMatchObject({ status: 'running' });
		expect(await tsrun(['delete', container.id])).toMatchObject({ status: 1 });
		await expectCleanEnd(container);
		expect(pids.filter(isAlive)).toEqual([]);
	});

	test('one that ignores them in the foreground: the signals are passed on, and its end is awaited', async () => {
		const id = containerId();
		const bundle = scriptBundle('exec deaf');
		installProgram('deaf', bundle.rootfs);
		const running = tsrun(['run', '--bundle', bundle.path, id]);
		await eventually('it runs', async () => (await tsrun(['state', id])).stdout.includes('"running"'));
		for (const signal of ['TERM', 'HUP', 'USR1'])
			expect(await tsrun(['kill', id, signal])).toMatchObject({ status: 0 });
		expect(await tsrun(['kill', id, 'KILL'])).toMatchObject({ status: 0 });
		expect(await running).toMatchObject({ status: 137 });
		expect(await tsrun(['state', id])).toMatchObject({ status: 1 });
	});
});
