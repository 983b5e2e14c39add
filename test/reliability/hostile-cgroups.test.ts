import { scriptBundle } from '../harness/bundle.js';
import type { Config } from '../harness/config.js';
import { controller } from '../harness/controllers.js';
import { newRuntime } from '../harness/inside.js';
import { isAlive } from '../harness/is-alive.js';
import { ready } from '../harness/limited.js';
import { measured } from '../harness/measured.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId } from '../harness/scratch.js';
import { staticCompiler } from '../harness/static-program.js';

const fine = { status: 0, stdout: '', stderr: '' };

/** Its own cgroups are its own to fill, as a system's manager in a container wants it. */
function ownCgroups(config: Config): void {
	const mount = config.mounts.find(({ destination }) => destination === '/sys/fs/cgroup');
	if (mount === undefined) throw new Error('the base config has no cgroup mount');
	mount.options = ['nosuid', 'noexec', 'nodev', 'relatime', 'rw'];
	if (!config.linux.namespaces.some(({ type }) => type === 'cgroup')) config.linux.namespaces.push({ type: 'cgroup' });
}

/** Where it has them: the unified hierarchy, or one of v1. */
const enter = 'cd /sys/fs/cgroup; if test -d freezer; then cd freezer; fi; ';

describeWith([root, busybox, staticCompiler], 'a container that makes cgroups of its own', () => {
	test.each([
		['three hundred, each in the one before', 'n=0; while [ $n -lt 300 ]; do mkdir x && cd x; n=$((n+1)); done'],
		['a thousand beside each other', 'n=0; while [ $n -lt 1000 ]; do mkdir $n; n=$((n+1)); done'],
		[
			'whose path is longer than a path may be',
			`name=$(printf '%0250d' 0); n=0; while [ $n -lt 30 ]; do mkdir $name && cd $name; n=$((n+1)); done`,
		],
		['whose names are no UTF-8', `for name in $(printf '\\377\\376 \\300x'); do mkdir $name && mkdir $name/in; done`],
	])('%s: they go with it', async (_title, make) => {
		const { path } = scriptBundle(`${enter}${make}; echo ready; exec sleep 600`, ownCgroups);
		await using container = await newRuntime().create(containerId(), path, { stdio: 'pipe' });
		await ready(container);
		const { mebibytes, milliseconds, ...result } = await measured(['delete', '--force', container.id]);
		expect(result).toMatchObject(fine);
		expect(mebibytes).toBeLessThan(200);
		expect(milliseconds).toBeLessThan(10_000);
		expect(isAlive(container.pid)).toBe(false);
	});

	test.each([
		['no UTF-8', `name=$(printf '\\377\\376')`],
		[
			'longer than a path may be',
			`name=$(printf '%0250d' 0); for n in 1 2 3 4 5 6 7 8 9 a b c d e f g; do mkdir $name; cd $name; done`,
		],
	])('and has a process in one whose name is %s, without a pid namespace: it ends with it', async (_title, make) => {
		const script = `${enter}${make}; mkdir $name; sleep 601 & child=$!; echo $child >$name/cgroup.procs; echo ready $child; wait`;
		const { path } = scriptBundle(script, (config) => {
			ownCgroups(config);
			config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'pid');
		});
		await using container = await newRuntime().create(containerId(), path, { stdio: 'pipe' });
		const child = Number((await ready(container)).split(' ')[1]);
		expect(isAlive(child)).toBe(true);
		expect(await container.ps()).toContain(child);
		expect(await measured(['delete', '--force', container.id])).toMatchObject(fine);
		expect(isAlive(child)).toBe(false);
	});
});

describeWith(
	[root, busybox, staticCompiler, controller('memory')],
	'a container that takes all the memory it can get',
	() => {
		test('is ended by its limit, and tsrun is none the larger', async () => {
			const hog = `exec awk 'BEGIN { text = "x"; while (1) text = text text }'`;
			const { path } = scriptBundle(hog, (config) => {
				config.linux['resources'] = { memory: { limit: 32 * 1024 * 1024 } };
			});
			const id = containerId();
			const { mebibytes, milliseconds, ...result } = await measured(['run', '--bundle', path, id]);
			expect(result).toMatchObject({ status: 137 });
			expect(mebibytes).toBeLessThan(200);
			expect(milliseconds).toBeLessThan(15_000);
		});
	},
);
