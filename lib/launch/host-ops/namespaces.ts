import { ConfigError, TsrunError } from '../../errors/index.js';
import { closeSync, fstatSync, statSync } from '../../native/files.js';
import { native } from '../../native/index.js';
import { openNamespaceFile, readProcessStat, systemFailure } from '../../os/index.js';
import type { HostOperations } from '../../plan/step.js';
import { namespaceTypes } from '../../plan/tables/namespaces.js';
import type { Launch } from '../launch.js';

/**
 * Opened before anything changes; whether it is of the right type is the kernel's answer to setns(2).
 *
 * @throws TsrunError ERR_STEP_FAILED; ConfigError ERR_CONFIG_INVALID when it is the runtime's own and must not be
 */
export function openNamespace(launch: Launch, { slot, path, type, foreign }: HostOperations['open_namespace']): void {
	let fd: number;
	try {
		fd = openNamespaceFile(path).release();
		launch.descriptors.add(slot, fd);
	} catch (cause) {
		throw systemFailure(`cannot open the ${type} namespace ${path}`, cause, { path }, 'ERR_STEP_FAILED');
	}
	if (foreign === undefined || fstatSync(fd).ino !== statSync(`/proc/self/ns/${namespaceTypes[type].file}`).ino) return;
	const message = `would change the host: ${path} is the ${type} namespace of the runtime itself`;
	throw new ConfigError('ERR_CONFIG_INVALID', 'config.json', [{ pointer: foreign, message }]);
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
