import type { Shape } from '../shape.js';
import { init, type Step } from '../step.js';
import { propagationFlags } from '../tables/mount-options.js';
import { bindFlags } from '../tables/operation-flags.js';

type BindStep = Extract<Step, { operation: 'bind' }>;

/** A bind mount of the container whose source stands ready for CRIU. */
export interface StagedMount {
	/** Of its step among those of the mount stage. */
	readonly index: number;
	/** As the config has it: in the container, not resolved. */
	readonly destination: string;
	/** Where in CRIU's mount namespace the source is. */
	readonly place: string;
	readonly step: BindStep;
	/** The steps before it that map the ids of its source, of which they are a part. */
	readonly shown: readonly Step[];
	/** The same mount once more, from the place. */
	readonly again: BindStep;
}

/** The bind mounts among these steps. */
export function stagedMounts(steps: readonly Step[], staging: string): StagedMount[] {
	return steps.flatMap((step, index) => {
		if (step.operation !== 'bind') return [];
		const place = `${staging}/mounts/${index}`;
		const { destination } = step.args;
		const flags = step.args.flags & ~(bindFlags.sourceInside | bindFlags.treeShown);
		const args = { ...step.args, source: place, fallback: '', tree: null, flags };
		return [{ index, destination, place, step, shown: shownSteps(steps, index), again: { ...step, args } }];
	});
}

function shownSteps(steps: readonly Step[], bind: number): readonly Step[] {
	const step = steps[bind];
	if (step?.operation !== 'bind' || (step.args.flags & bindFlags.treeShown) === 0) return [];
	const before = steps.slice(0, bind);
	return before.slice(before.findLastIndex(({ operation }) => operation === 'show_tree'));
}

/** Binds the root file system and every source to their places; these are made as the sources are, files or directories. */
export function* stagingSteps(shape: Shape, staging: string, mounts: readonly StagedMount[]): Generator<Step> {
	yield init('rootfs', { path: staging, parent: propagationFlags.private });
	// CRIU sets the attributes, which it has saved.
	const plain = { set: 0n, clear: 0n, rec_set: 0n, rec_clear: 0n, propagation: [] };
	yield init(
		'bind',
		{
			...plain,
			destination: '/root',
			source: shape.rootfs,
			fallback: '',
			tree: null,
			flags: bindFlags.recursive,
		},
		'/root/path',
	);
	// Symlinks that an image has on the way to a source below the root lead nowhere outside of the staging directory.
	const staged = (source: string, flags: number): string =>
		flags & bindFlags.sourceInside ? `${staging}/root${source.slice(shape.rootfs.length)}` : source;
	for (const { index, step, shown } of mounts) {
		const { fallback, tree, flags } = step.args;
		for (const one of shown) {
			yield one.operation === 'show_tree'
				? init('show_tree', { source: staged(one.args.source, one.args.flags), flags: one.args.flags }, one.pointer)
				: one;
		}
		const source = staged(step.args.source, flags);
		const { destinationNoFollow, insideProc } = bindFlags;
		const kept = flags & ~(destinationNoFollow | insideProc);
		yield init(
			'bind',
			{ ...plain, destination: `/mounts/${index}`, source, fallback, tree, flags: kept },
			step.pointer,
		);
	}
}
