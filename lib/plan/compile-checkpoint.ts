import type { Plan } from './plan.js';
import { criuStage } from './stages/criu.js';
import { host } from './step.js';

/** What a plan of `checkpoint` is made from. */
export interface CheckpointRequest {
	readonly id: string;
	/** The absolute path of CRIU, and where it looks for programs. */
	readonly criu: { readonly file: string; readonly searchPath: string };
}

/** The plan of `checkpoint`: CRIU, where the runtime itself is, with the socket on which it is told the rest. Pure. */
export function compileCheckpoint({ id, criu }: CheckpointRequest): Plan {
	const steps = [host('spawn', { flags: 0n, cgroup: null }), ...criuStage(criu, 1, true)];
	return { verb: 'checkpoint', id, steps, warnings: [], cgroup: null };
}
