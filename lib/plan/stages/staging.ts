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
	/** The same mount once more, from the place. */
	readonly again: BindStep;
}

/** The bind mounts among these steps. */
export function stagedMounts(steps: readonly Step[], staging: string): StagedMount[] {
	return steps.flatMap((step, index) => {
		if (step.operation !== 'bind') return [];
		const place = `${staging}/mounts/${index}`;
		const { destination } = step.args;
		const args = { ...step.args, source: place, fallback: '', tree: null };
		return [{ index, destination, place, step, again: { ...step, args } }];
	});
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
	for (const { index, step } of mounts) {
		const { source, fallback, tree, flags } = step.args;
		const kept = flags & (bindFlags.recursive | bindFlags.sourceNoFollow);
		yield init(
			'bind',
			{ ...plain, destination: `/mounts/${index}`, source, fallback, tree, flags: kept },
			step.pointer,
		);
	}
}
