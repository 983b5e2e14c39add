import { describeStep } from './describe.js';
import type { Plan } from './plan.js';

/**
 * A plan for people: one line per step with its number, who acts, what is done, and the pointer that asked for it.
 * The line's end is ready to print; a warning stands before the steps.
 */
export function explainPlan(plan: Plan): string {
	const warnings = plan.warnings.map(
		({ message, pointer }) => `warning: ${pointer === '' ? '' : `${pointer}: `}${message}\n`,
	);
	const width = String(plan.steps.length).length;
	const lines = plan.steps.map((step, index) => {
		const text = `${String(index + 1).padStart(width)} ${step.actor.padEnd(4)}  ${describeStep(step)}`;
		return step.pointer === '' ? `${text}\n` : `${text.padEnd(72)}  ${step.pointer}\n`;
	});
	return [...warnings, ...lines].join('');
}
