import type { CgroupDirectories } from './cgroup-path.js';
import type { Step } from './step.js';

/** A remark about a config that does not stop anything. */
export interface PlanWarning {
	/** What will not be as the config says, and why. */
	readonly message: string;
	/** JSON pointer of the value; empty where it is about no value of config.json. */
	readonly pointer: string;
}

/**
 * Everything that will be done for one verb, in order, by whom, and on whose request. Plain data: bigints aside it is
 * JSON, see {@link planToJson}.
 */
export interface Plan {
	/** What it is the plan of. */
	readonly verb: 'create' | 'exec' | 'checkpoint' | 'restore';
	/** Id of the container. */
	readonly id: string;
	/** In their order. */
	readonly steps: readonly Step[];
	/** What does not stop anything. */
	readonly warnings: readonly PlanWarning[];
	/** Where the process will be accounted; null: where the runtime itself is. */
	readonly cgroup: CgroupDirectories | null;
}

/** A plan as JSON can hold it: bigints become decimal strings, bytes base64. */
export function planToJson(plan: Plan): unknown {
	return JSON.parse(
		JSON.stringify(plan, (_key, value: unknown) => {
			if (typeof value === 'bigint') return value.toString();
			if (value instanceof Uint8Array) return { base64: btoa(String.fromCharCode(...value)) };
			return value;
		}),
	);
}

/** Whether init goes on to a program by itself, and waits for no `start` before. */
export function runsProgram({ steps }: Pick<Plan, 'steps'>): boolean {
	return steps.at(-1)?.operation === 'exec' && !steps.some(({ operation }) => operation === 'wait_start');
}
