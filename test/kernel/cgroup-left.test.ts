import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { OwnedContainer } from '../../lib/index.js';
import { parseMountInfo, parseProcessCgroup } from '../../lib/os/index.js';
import { scriptBundle } from '../harness/bundle.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, type Requirement, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';

const mountPoint = () =>
	parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8')).find(({ type }) => type === 'cgroup2')?.mountPoint;
const unified: Requirement = { what: 'a mounted cgroup2', met: () => mountPoint() !== undefined };

const pathOf = (membership: string) =>
	parseProcessCgroup(membership).find(({ hierarchy }) => hierarchy === 0)?.path ?? '';
const directoryOf = (pid: number) => `${mountPoint()}${pathOf(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))}`;

/** The unified cgroup of a process that is run in the container, as the host sees it. */
async function joinedByExec(container: OwnedContainer): Promise<string> {
	const handle = await container.exec(['sh', '-c', 'echo ready; read -r go'], { stdio: 'pipe' });
	if (handle.stdout === null) throw new Error('there is no pipe');
	handle.stdout.once('data', () => handle.stdin?.end('go\n'));
	const joined = directoryOf(handle.pid);
	await text(handle.stdout);
	expect(await handle.wait()).toEqual({ code: 0, signal: null });
	return joined;
}

/** Has the container's cgroup hand a controller to the one that init is moved to; false where it has none. */
function handOutControllers({ pid }: OwnedContainer): boolean {
	const first = directoryOf(pid);
	const [controller] = readFileSync(`${first}/cgroup.controllers`, 'utf8').trim().split(' ');
	if (!controller) {
		console.warn('skipped: no controller reaches the unified cgroup of a container here');
		return false;
	}
	mkdirSync(`${first}/inner`);
	writeFileSync(`${first}/inner/cgroup.procs`, String(pid));
	writeFileSync(`${first}/cgroup.subtree_control`, `+${controller}`);
	return true;
}

/** A cgroup with another name than those of containers, for as long as it is in scope. */
function newCgroup(directory: string): Disposable {
	mkdirSync(directory);
	return { [Symbol.dispose]: () => rmdirSync(directory) };
}

describeWith([root, busybox, unified], 'exec into a container whose init has left its cgroup', () => {
	test('joins the one init is in when the first is gone', async () => {
		const id = containerId();
		const moved = `${mountPoint()}/${id}-moved`;
		using _ = newCgroup(moved);
		await using container = await newRuntime().run(id, scriptBundle('sleep 600').path, { stdio: 'ignore' });
		const first = directoryOf(container.pid);
		writeFileSync(`${moved}/cgroup.procs`, String(container.pid));
		rmdirSync(first);
		expect(await joinedByExec(container)).toBe(moved);
	});

	test('joins the one init is in when the first hands out controllers, and takes no process any more', async () => {
		await using container = await newRuntime().run(containerId(), scriptBundle('sleep 600').path, { stdio: 'ignore' });
		const first = directoryOf(container.pid);
		if (!handOutControllers(container)) return;
		expect(await joinedByExec(container)).toBe(`${first}/inner`);
	});

	test('is told why when it asks for the first one all the same', async () => {
		await using container = await newRuntime().run(containerId(), scriptBundle('sleep 600').path, { stdio: 'ignore' });
		const first = directoryOf(container.pid);
		if (!handOutControllers(container)) return;
		const asked = container.exec(['true'], { stdio: 'ignore', cgroup: ['/'] });
		await expect(asked).rejects.toMatchObject({
			code: 'ERR_CGROUP',
			errno: 'EBUSY',
			message: expect.stringMatching(/^error adding pid \d+ to cgroups: .*: device or resource busy$/),
			path: `${first}/cgroup.procs`,
			hint: expect.stringContaining('processes live only in cgroups that have no controllers'),
		});
	});
});
