import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CriuSettings } from '../../lib/index.js';
import type { Bundle } from '../harness/bundle.js';
import { cgroupOf, fileValue, legacyController } from '../harness/controllers.js';
import { counted, countingBundle, countOf, countsOn, criu } from '../harness/criu.js';
import { eventually } from '../harness/eventually.js';
import { failureOf } from '../harness/failure.js';
import { newRuntime } from '../harness/inside.js';
import { busybox, describeWith, root } from '../harness/requirement.js';
import { containerId, scratch } from '../harness/scratch.js';

type Mode = NonNullable<CriuSettings['manageCgroupsMode']>;

const quiet = { stdio: 'ignore' } as const;

/** Init stays in the container's cgroup, which is where CRIU begins, and has a child in one of their own making. */
function withInnerCgroup(cgroupsPath: string): Bundle {
	const inner = '/sys/fs/cgroup/pids/inner';
	// Sleeping in a loop: a sleep is ended by being saved.
	const enter = `sh -c 'echo $$ >${inner}/cgroup.procs; exec tail -f /dev/null' &`;
	return countingBundle((config) => {
		config.linux['cgroupsPath'] = cgroupsPath;
		config.linux['resources'] = { pids: { limit: 50 } };
		for (const mount of config.mounts) {
			if (mount.type === 'cgroup') mount.options = mount.options?.filter((option) => option !== 'ro') ?? [];
		}
	}, `mkdir ${inner}; echo 30 >${inner}/pids.max; ${enter} true`);
}

const processes = (directory: string): number =>
	fileValue(directory, 'cgroup.procs').split('\n').filter(Boolean).length;

/** What the container's cgroup and the one below it are after a restore in this mode; `prepare` comes before it. */
async function restored(mode: Mode, prepare: (cgroup: string) => void, look: (cgroup: string) => Promise<void> | void) {
	const runtime = newRuntime();
	const id = containerId();
	const bundle = withInnerCgroup(`/${id}`);
	const images = join(scratch(), 'images');
	await using first = await runtime.run(id, bundle.path, quiet);
	await counted(bundle);
	const cgroup = cgroupOf(first.pid, 'pids');
	await eventually('the child is in its cgroup', () => processes(join(cgroup, 'inner')) === 1);
	// Not what the bundle says: which of the two comes back tells where it comes from.
	await first.update({ pids: { limit: 40n } });
	await first.checkpoint(images, { manageCgroupsMode: mode });
	const saved = countOf(bundle);
	await first.wait();
	prepare(cgroup);
	await using second = await runtime.restore(id, bundle.path, images, { ...quiet, manageCgroupsMode: mode });
	await countsOn(bundle, saved);
	expect(cgroupOf(second.pid, 'pids')).toBe(cgroup);
	expect(fileValue(cgroup, 'pids.max')).toBe('50');
	await look(cgroup);
	await second.kill(9);
	await second.wait();
}

const nothing = (): void => {};

/** Somebody else has made it, and removes it. */
function occupied(cgroup: string): void {
	mkdirSync(join(cgroup, 'inner'), { recursive: true });
}

describeWith([root, busybox, criu, legacyController('pids')], 'cgroups below that of a restored container', () => {
	test.each<Mode>(['soft', 'full'])('%s: made again, with their limits and processes', (mode) =>
		restored(mode, nothing, (cgroup) => {
			const inner = join(cgroup, 'inner');
			expect([fileValue(inner, 'pids.max'), processes(inner)]).toEqual(['30', 1]);
		}),
	);

	test.each<[Mode, string]>([
		['soft', 'max'],
		['full', '30'],
	])('%s: one that is there already has the limit %s then', async (mode, limit) => {
		let made = '';
		await restored(
			mode,
			(cgroup) => {
				made = cgroup;
				occupied(cgroup);
			},
			(cgroup) => {
				const inner = join(cgroup, 'inner');
				expect([fileValue(inner, 'pids.max'), processes(inner)]).toEqual([limit, 1]);
			},
		);
		await eventually('the cgroups are empty', () => processes(join(made, 'inner')) + processes(made) === 0);
		rmdirSync(join(made, 'inner'));
		rmdirSync(made);
	});

	test('ignore: all processes are in the container’s own', () =>
		restored('ignore', nothing, (cgroup) => {
			expect(existsSync(join(cgroup, 'inner'))).toBe(false);
			expect(processes(cgroup)).toBeGreaterThanOrEqual(2);
		}));

	test('strict: refused, because the container has its cgroup by then; nothing is left', async () => {
		let directory = '';
		const remember = (cgroup: string): void => {
			directory = cgroup;
		};
		const error = await failureOf(restored('strict', remember, nothing));
		expect(error).toMatchObject({ code: 'ERR_CRIU', hint: expect.stringContaining('take full or soft') });
		expect([directory, existsSync(directory)]).toEqual([expect.stringContaining('/pids/'), false]);
	});
});
