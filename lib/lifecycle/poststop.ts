import { type StateSubject, stoppedState } from '../plan/hook-state.js';
import { hostHooks } from '../plan/stages/hooks.js';
import type { Spec } from '../spec/index.js';
import type { Engine } from './engine.js';

/**
 * The poststop hooks, after everything of the container is gone. A failing one is a warning, and the others run all
 * the same (runtime.md, "Lifecycle", step 13).
 */
export async function runPoststopHooks(engine: Engine, spec: Spec, subject: StateSubject): Promise<void> {
	for (const step of hostHooks(spec.hooks?.poststop, 'poststop')) {
		if (step.operation !== 'hook' || step.actor !== 'host') continue;
		try {
			const { runHook } = await import('../launch/run-hook.js');
			await runHook(step.args, {
				state: stoppedState(subject),
				environment: engine.environment,
				containerId: subject.id,
			});
		} catch (error) {
			engine.onWarning({ message: error instanceof Error ? error.message : String(error), pointer: step.pointer });
		}
	}
}
