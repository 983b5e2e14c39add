import { readEntries, readFileSync, writeFileSync } from '../native/files.js';
import { errnoOf, systemFailure } from '../os/index.js';

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

/** Host pids of the processes in a cgroup and all below it, ascending; none when it does not exist. */
export function cgroupProcesses(directory: string): number[] {
	const pids = new Set<number>();
	collect(directory, pids);
	return [...pids].sort((one, other) => one - other);
}

function collect(directory: string, pids: Set<number>): void {
	try {
		for (const line of readFileSync(`${directory}/cgroup.procs`, 'utf8').split('\n')) {
			// 0 stands for a process of a pid namespace that is not ours to see.
			if (line !== '' && line !== '0') pids.add(Number(line));
		}
		for (const entry of readEntries(directory)) {
			if (entry.isDirectory) collect(`${directory}/${entry.name}`, pids);
		}
	} catch (error) {
		const errno = errnoOf(error);
		// ENODEV: the cgroup was removed while it was read. EOPNOTSUPP, which libuv calls ENOTSUP: a threaded cgroup lists
		// its processes above.
		if (errno !== 'ENOENT' && errno !== 'ENODEV' && errno !== 'ENOTSUP' && errno !== 'EOPNOTSUPP') {
			throw systemFailure(`cannot read the processes of ${directory}`, error, {}, 'ERR_CGROUP');
		}
	}
}
