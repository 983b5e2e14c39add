import fc from 'fast-check';
import { compileRestore, type RestorePlan } from '../../lib/plan/compile-restore.js';
import type { Step } from '../../lib/plan/step.js';
import { namespaceTypes } from '../../lib/plan/tables/namespaces.js';
import { bindFlags } from '../../lib/plan/tables/operation-flags.js';
import { anyCreate } from './plan-requests.js';

const staging = '/run/tsrun/box/criu';
const criu = { file: '/usr/sbin/criu', searchPath: '/usr/sbin:/usr/bin' };

const anyRestore = fc
	.record({ asked: anyCreate, descriptors: fc.integer({ min: 1, max: 3 }), shellJob: fc.boolean() })
	.map(({ asked: { request }, descriptors, shellJob }) => ({ ...request, criu, staging, descriptors, shellJob }));

/** A law holds for every plan of `restore`. */
function everyRestore(name: string, law: (plan: RestorePlan, steps: readonly Step[]) => void): void {
	test(name, () => {
		fc.assert(
			fc.property(anyRestore, (request) => {
				const restore = compileRestore(request);
				law(restore, restore.plan.steps);
			}),
		);
	});
}

const rootfsSteps = (steps: readonly Step[]) =>
	steps.flatMap((step, index) => (step.operation === 'rootfs' ? [{ index, path: step.args.path }] : []));

everyRestore('it ends with CRIU, which has its descriptors and a PATH, and nothing else', (_, steps) => {
	const [find, close, exec] = steps.slice(-3);
	expect(find).toMatchObject({ operation: 'find_program', args: { name: criu.file } });
	expect(close).toMatchObject({ operation: 'close_descriptors', args: { keep: expect.any(Number) } });
	expect(exec).toMatchObject({
		operation: 'exec',
		args: { args: ['criu', 'swrk', '3'], env: [`PATH=${criu.searchPath}`] },
	});
	expect(steps.filter(({ operation }) => operation === 'exec')).toHaveLength(1);
});

everyRestore(
	'whatever is mounted is mounted in a mount namespace of its own, and no other namespace is made',
	(_, steps) => {
		const spawned = steps.filter(({ operation }) => operation === 'spawn');
		expect(spawned).toMatchObject([{ args: { flags: namespaceTypes.mount.flag } }]);
		const propagation = steps.findIndex(({ operation }) => operation === 'propagation');
		const mounts = steps.findIndex(({ operation }) => operation === 'rootfs');
		expect(propagation).toBeGreaterThan(steps.findIndex(({ operation }) => operation === 'spawn'));
		expect(propagation).toBeLessThan(mounts);
	},
);

everyRestore(
	'sources stand ready below the staging directory before anything is mounted in the root',
	(restore, steps) => {
		const [first, second] = rootfsSteps(steps);
		expect([first?.path, restore.root]).toEqual([staging, `${staging}/root`]);
		if (first === undefined || second === undefined) throw new Error('there are not two roots');
		for (const [index, step] of steps.entries()) {
			if (step.operation === 'mount' || step.operation === 'remount') expect(index).toBeGreaterThan(second.index);
			if (step.operation !== 'bind') continue;
			expect(index).toBeGreaterThan(first.index);
			const { source, tree, destination } = step.args;
			if (index < second.index) expect(destination).toMatch(/^\/(root$|mounts\/\d+$)/);
			// In the image's root nothing is bound but what has been pinned before.
			else expect([source.startsWith(`${staging}/mounts/`), tree]).toEqual([true, null]);
		}
		for (const { place, destination, step } of restore.mounts) {
			expect(place.startsWith(`${staging}/mounts/`)).toBe(true);
			expect(step.args.destination).toBe(destination);
		}
	},
);

everyRestore(
	'what lies in the image is found below the place of its root, before that root is the root',
	(_, steps) => {
		const [, second] = rootfsSteps(steps);
		for (const [index, step] of steps.entries()) {
			if (step.operation !== 'bind' && step.operation !== 'show_tree') continue;
			if ((step.args.flags & bindFlags.sourceInside) === 0) continue;
			expect(step.args.source.startsWith(`${staging}/root/`)).toBe(true);
			expect(index).toBeLessThan(second?.index ?? 0);
		}
		expect(steps.flatMap(({ operation }) => (operation === 'show_tree' ? ['map_tree'] : []))).toEqual(
			steps.flatMap(({ operation }) => (operation === 'map_tree' ? [operation] : [])),
		);
	},
);

everyRestore('a descriptor is used once', (_, steps) => {
	const trees = steps.flatMap((step) => (step.operation === 'bind' && step.args.tree !== null ? [step.args.tree] : []));
	expect(new Set(trees).size).toBe(trees.length);
});

everyRestore('CRIU is in the cgroup before it is CRIU, and limits come after the hooks', ({ hooks, limits }, steps) => {
	const enter = steps.findIndex(({ operation }) => operation === 'enter_cgroup');
	const release = steps.findIndex(({ operation }) => operation === 'release');
	if (enter !== -1) expect(enter).toBeLessThan(release);
	expect(hooks.every(({ actor, operation }) => actor === 'host' && operation === 'hook')).toBe(true);
	expect(limits.every(({ actor }) => actor === 'host')).toBe(true);
	expect(steps.some(({ operation }) => operation === 'hook')).toBe(false);
	expect(steps.some(({ operation }) => operation === 'console' || operation === 'seccomp')).toBe(false);
});
