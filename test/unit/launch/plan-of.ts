import { callNames } from '../../../lib/launch/calls.js';
import type { Report } from '../../../lib/launch/message.js';
import type { Plan } from '../../../lib/plan/plan.js';
import type { Step } from '../../../lib/plan/step.js';

/** A plan of these steps alone. */
export function planOf(...steps: readonly Step[]): Plan {
	return { verb: 'create', id: 'box', steps, warnings: [], cgroup: null };
}

/** A fault of the first step, as the helper would report it. */
export function faultOf(call: string, value: number, text = ''): Report {
	const number = callNames.indexOf(call);
	if (number === -1) throw new Error(`${call} is not in the table of calls`);
	return { kind: 'fault', step: 0, value, call: number, text };
}
