import { writeFileSync } from '../../native/files.js';
import { native } from '../../native/index.js';
import { systemFailure } from '../../os/index.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';

export function writeOomScore(launch: Launch, { value }: HostOperations['write_oom_score']): void {
	writeProcessFile(launch.process.pid, 'oom_score_adj', String(value));
}

/**
 * Writes a file of /proc/PID in one write(2), as the kernel wants it.
 *
 * @throws TsrunError ERR_STEP_FAILED
 */
export function writeProcessFile(pid: number, file: string, text: string): void {
	const path = `/proc/${pid}/${file}`;
	try {
		writeFileSync(path, text);
	} catch (cause) {
		const shown = JSON.stringify(text.trim());
		throw systemFailure(`cannot write ${shown} to ${path}`, cause, { path }, 'ERR_STEP_FAILED');
	}
}

/** Set from outside: the process may be in a user namespace, where no limit can be raised. */
export function setRlimits(launch: Launch, { limits }: HostOperations['set_rlimits']): void {
	for (const { name, resource, soft, hard } of limits) {
		try {
			native().prlimit(launch.process.pid, resource, soft, hard);
		} catch (cause) {
			throw systemFailure(`cannot set ${name} to ${soft}, ${hard}`, cause, {}, 'ERR_STEP_FAILED');
		}
	}
}
