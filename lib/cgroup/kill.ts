import { TsrunError } from '../errors/index.js';
import { existsSync, writeFileSync } from '../native/files.js';
import { delay, errnoOf, systemFailure } from '../os/index.js';
import { type CgroupPaths, directoriesOf, freezeCgroups, thawCgroups } from './freezer.js';
import { cgroupProcesses } from './processes.js';

/** How long killed processes may take to go. */
const endLimitMs = 10_000;

/**
 * Kills every process of a container's cgroup and waits until none is left: by cgroup.kill where the kernel has it
 * (Linux 5.14), else frozen, killed one by one and thawed, so that one that forks without end cannot outrun it.
 *
 * @throws TsrunError ERR_TIMEOUT when processes stay
 */
export async function killCgroups(paths: CgroupPaths): Promise<void> {
	const directories = [...directoriesOf(paths)];
	const end = Date.now() + endLimitMs;
	for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
		const pids = new Set(directories.flatMap(cgroupProcesses));
		if (pids.size === 0) return;
		if (Date.now() > end) {
			throw new TsrunError('ERR_TIMEOUT', `processes do not end after SIGKILL: ${[...pids].join(', ')}`);
		}
		await killOnce(paths, pids);
		await delay(pause);
	}
}

async function killOnce(paths: CgroupPaths, pids: ReadonlySet<number>): Promise<void> {
	const file = `${paths.v2}/cgroup.kill`;
	if (paths.v2 !== undefined && existsSync(file)) {
		try {
			writeFileSync(file, '1');
		} catch (cause) {
			if (errnoOf(cause) !== 'ENOENT') throw systemFailure(`cannot write ${file}`, cause, { path: file }, 'ERR_CGROUP');
		}
		thawCgroups(paths);
		return;
	}
	await freezeBriefly(paths);
	for (const pid of pids) signal(pid);
	thawCgroups(paths);
}

// Without a freezer what remains is to repeat the round until it finds nobody.
async function freezeBriefly(paths: CgroupPaths): Promise<void> {
	try {
		await freezeCgroups(paths);
	} catch (error) {
		if (!(error instanceof TsrunError) || (error.code !== 'ERR_CGROUP' && error.code !== 'ERR_TIMEOUT')) throw error;
	}
}

// The pids were read from the frozen cgroup a moment ago; none of them can have been given to another process.
function signal(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch (error) {
		if (errnoOf(error) !== 'ESRCH') throw error;
	}
}
