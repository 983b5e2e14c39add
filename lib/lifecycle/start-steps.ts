import type { Plan } from '../plan/plan.js';
import type { Step } from '../plan/step.js';

/** What `start` has to know of the plan that another process compiled, to word a fault: the steps after the wait. */
export interface StartSteps {
	/** Index in the plan of the first of them. */
	readonly first: number;
	readonly steps: readonly {
		readonly operation: string;
		readonly args: Readonly<Record<string, unknown>>;
		readonly pointer: string;
	}[];
}

export function startSteps(plan: Plan): StartSteps {
	const wait = plan.steps.findIndex(({ operation }) => operation === 'wait_start');
	const first = wait === -1 ? plan.steps.length : wait + 1;
	const steps = plan.steps.slice(first).map((step) => ({
		operation: step.operation,
		args: wording(step),
		pointer: step.pointer,
	}));
	return { first, steps };
}

// Environments are the bulk of these steps, may hold secrets, and are in no message.
function wording(step: Step): Record<string, unknown> {
	if (step.operation === 'hook') {
		const { kind, index, path, timeout } = step.args;
		return { kind, index, path, timeout };
	}
	if (step.operation === 'exec') return { args: step.args.args };
	return step.operation === 'close_descriptors' ? { ...step.args } : {};
}
