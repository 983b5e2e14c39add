import { closeSync, openSync } from 'node:fs';
import { TsrunError } from '../../errors/index.js';
import { native } from '../../native/index.js';
import { readProcessStat, systemFailure } from '../../os/index.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';

/** Opened before anything changes; whether it is of the right type is the kernel's answer to setns(2). */
export function openNamespace(launch: Launch, { slot, path, type }: HostOperations['open_namespace']): void {
	try {
		launch.descriptors.add(slot, openSync(path, 'r'));
	} catch (cause) {
		throw systemFailure(`cannot open the ${type} namespace ${path}`, cause, { path }, 'ERR_STEP_FAILED');
	}
}

export function openProcess(launch: Launch, { slot, pid, startTime }: HostOperations['open_process']): void {
	const pidfd = native().pidfdOpen(pid);
	// Only now, with the descriptor held, does the start time prove that it is not a later process of the same pid.
	const stat = readProcessStat(pid);
	if (stat === undefined || String(stat.startTime) !== startTime) {
		closeSync(pidfd);
		throw new TsrunError('ERR_WRONG_STATUS', 'container not running', { containerId: launch.context.plan.id });
	}
	launch.descriptors.add(slot, pidfd);
}
