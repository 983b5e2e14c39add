import { type TellStep, Trace } from '../launch/trace.js';
import type { Step } from '../plan/step.js';
import type { ContainerRecord } from '../state/index.js';

/** The steps of init after its wait for `start`, to be told of while they are done. */
export interface StartTrace {
	take(message: Buffer): void;
	/** The program runs. */
	done(): void;
}

/** @param record knows the steps; another process may have compiled their plan */
export function startTrace({ startSteps: { first, steps } }: ContainerRecord, tell: TellStep): StartTrace {
	const known = steps.map((step) => ({ actor: 'init', ...step })) as unknown as Step[];
	const trace = new Trace({ steps: known }, tell, first);
	return {
		take: (message) => trace.take(message),
		done: () => {
			for (const step of known.slice(-1)) trace.doneTo(step);
		},
	};
}
