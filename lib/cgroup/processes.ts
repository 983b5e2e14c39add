import { writeFileSync } from '../native/files.js';
import { native } from '../native/load.js';
import { systemFailure } from '../os/index.js';

/**
 * Moves a process into a cgroup.
 *
 * @throws TsrunError ERR_CGROUP
 */
export function enterCgroup(directory: string, pid: number): void {
	const path = `${directory}/cgroup.procs`;
	try {
		writeFileSync(path, String(pid));
	} catch (cause) {
		throw systemFailure(`error adding pid ${pid} to cgroups: ${directory}`, cause, { path }, 'ERR_CGROUP');
	}
}

/**
 * Host pids of the processes in a cgroup and all below it, ascending; none when it does not exist.
 *
 * @throws TsrunError ERR_CGROUP
 */
export function cgroupProcesses(directory: string): number[] {
	try {
		return [...new Set(native().cgroupTreeProcesses(directory))].sort((one, other) => one - other);
	} catch (cause) {
		throw systemFailure(`cannot read the processes of ${directory}`, cause, {}, 'ERR_CGROUP');
	}
}
