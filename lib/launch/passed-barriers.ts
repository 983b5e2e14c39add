import { hasEntered } from './host-ops/cgroup.js';
import type { Launch } from './launch.js';

/**
 * Whether all that is left to do at a barrier is to let init go on: each waking the other takes longer than what init has done by
 * then. (A trace tells the steps apart by these waits, and has all of them.)
 *
 * @param barrier index of its step in the plan
 */
export function hasNothingToDo(launch: Launch, barrier: number): boolean {
	for (let index = barrier + 1; ; index += 1) {
		const step = launch.context.plan.steps[index];
		if (step?.actor !== 'host') return false;
		if (step.operation === 'release') return true;
		if (step.operation !== 'enter_cgroup' || !hasEntered(launch, step.args)) return false;
	}
}

/** The first barrier that init comes to, if there is nothing to do at it but to be in the cgroup that it is cloned into. */
export function firstPassed(launch: Launch): number | undefined {
	const { steps } = launch.context.plan;
	const spawn = steps.findIndex(({ operation }) => operation === 'spawn');
	for (let index = spawn + 1; steps[index]?.actor === 'init'; index += 1) {
		const step = steps[index];
		if (step?.operation === 'barrier') return hasNothingToDo(launch, index) ? step.args.id : undefined;
	}
	return undefined;
}
