import type { TsrunError } from '../errors/index.js';
import { faultError } from '../launch/fault.js';
import type { Report } from '../launch/message.js';
import type { Plan } from '../plan/plan.js';
import type { Step } from '../plan/step.js';
import type { StartSteps } from './start-steps.js';

/** The fault that init reported after it was told to start. */
export function startFault(id: string, { first, steps }: StartSteps, report: Report): TsrunError {
	const known = steps.map((step) => ({ actor: 'init', ...step })) as unknown as Step[];
	const plan: Plan = { verb: 'create', id, steps: known, warnings: [], cgroup: null };
	return faultError(plan, { ...report, step: report.step - first }).with({ containerId: id });
}
