import { explainPlan } from '../../lib/plan/explain.js';
import type { Plan } from '../../lib/plan/plan.js';
import type { Step } from '../../lib/plan/step.js';

/** Arguments of 64 bits that are masks; all others are amounts. */
const bitMasks = new Set(
	['flags', 'set', 'clear', 'rec_set', 'rec_clear', 'propagation', 'keep', 'persona', 'nodes', 'cpus'].concat([
		'effective',
		'permitted',
		'inheritable',
		'ambient',
	]),
);

/** A plan as `tsrun plan` prints it, with every argument of each step in a line of its own below it. */
export function planText(plan: Plan): string {
	const lines = explainPlan(plan).trimEnd().split('\n');
	const explained = lines.slice(plan.warnings.length);
	const steps = plan.steps.flatMap((step, index) => [explained[index] ?? '', ...argumentLine(step)]);
	const cgroup = plan.cgroup === null ? 'none' : JSON.stringify(plan.cgroup);
	return [...lines.slice(0, plan.warnings.length), `cgroup: ${cgroup}`, ...steps, ''].join('\n');
}

function argumentLine(step: Step): string[] {
	const words = Object.entries(step.args).map(([name, value]) => `${name}=${shown(step, name, value)}`);
	return words.length === 0 ? [] : [`         ${words.join(' ')}`];
}

function shown(step: Step, name: string, value: unknown): string {
	const hex = bitMasks.has(name);
	const octal = name === 'mode' && step.operation !== 'memory_policy';
	const text = JSON.stringify(value, (_key, item: unknown) => {
		if (typeof item === 'bigint') return `\u0001${hex ? `0x${item.toString(16)}` : item}\u0001`;
		return typeof item === 'number' && octal ? `\u00010${item.toString(8)}\u0001` : item;
	});
	return text.replaceAll(/"\\u0001|\\u0001"/g, '');
}
