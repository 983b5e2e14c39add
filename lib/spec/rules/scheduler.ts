import type { Rule } from '../fault.js';
import type { Process } from '../types.js';

const times = ['runtime', 'deadline', 'period'] as const;

/** Combinations that sched_setattr(2) refuses or silently drops. */
export const schedulerFitsPolicy: Rule<Process> = function* ({ scheduler }, at) {
	if (scheduler === undefined) return;
	const { policy, nice = 0, priority = 0 } = scheduler;
	const pointer = `${at}/scheduler`;
	if ((policy === 'SCHED_OTHER' || policy === 'SCHED_BATCH') && (nice < -20 || nice > 19)) {
		yield { pointer: `${pointer}/nice`, message: `must be from -20 to 19 for ${policy}, found ${nice}` };
	}
	if (policy === 'SCHED_FIFO' || policy === 'SCHED_RR') {
		if (priority >= 1 && priority <= 99) return;
		yield { pointer: `${pointer}/priority`, message: `must be from 1 to 99 for ${policy}, found ${priority}` };
	} else if (priority !== 0) {
		const message = `is for SCHED_FIFO and SCHED_RR only, found ${priority} with ${policy}`;
		yield { pointer: `${pointer}/priority`, message };
	}
};

export const deadlineTimes: Rule<Process> = function* ({ scheduler }, at) {
	if (scheduler === undefined) return;
	const pointer = `${at}/scheduler`;
	const { policy, runtime = 0n, deadline = 0n, period = 0n } = scheduler;
	if (policy !== 'SCHED_DEADLINE') {
		for (const time of times) {
			if ((scheduler[time] ?? 0n) === 0n) continue;
			const message = `is for SCHED_DEADLINE only, found ${scheduler[time]} with ${policy}`;
			yield { pointer: `${pointer}/${time}`, message };
		}
		return;
	}
	// A period of 0 means "the same as the deadline".
	if (runtime === 0n) yield { pointer: `${pointer}/runtime`, message: 'must be greater than 0 for SCHED_DEADLINE' };
	if (deadline < runtime) {
		yield { pointer: `${pointer}/deadline`, message: `must not be less than runtime ${runtime}, found ${deadline}` };
	}
	if (period !== 0n && period < deadline) {
		yield { pointer: `${pointer}/period`, message: `must not be less than deadline ${deadline}, found ${period}` };
	}
};
