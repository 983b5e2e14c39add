import { enableControllers } from '../../cgroup/controllers.js';
import { createCgroup, missingDirectories, removeCgroup, removeUnusedCgroup } from '../../cgroup/directory.js';
import { isCgroupFrozen, isFrozenAbove } from '../../cgroup/freezer.js';
import { writeLimits } from '../../cgroup/limits.js';
import { cgroupProcesses, enterCgroup } from '../../cgroup/processes.js';
import { TsrunError } from '../../errors/index.js';
import { dirname } from '../../paths.js';
import type { CgroupWrite } from '../../plan/resources/limit.js';
import type { HostOperations } from '../../plan/step.js';
import type { Launch } from '../launch.js';

export async function createCgroups(launch: Launch, step: HostOperations['create_cgroup']): Promise<void> {
	const { directories, enable, optional } = step;
	launch.mayGoWithout = optional;
	const missing = new Set(directories.flatMap(missingDirectories));
	await launch.context.announce({ ...launch.made, cgroups: [...missing] });
	for (const directory of directories) {
		const allMade = optional ? createIfAllowed(launch, directory) : createCgroup(directory);
		if (allMade === undefined) continue;
		for (const made of allMade) {
			launch.cgroups.push(made);
			launch.context.undo.push(`remove the cgroup ${made}`, () =>
				made === directory ? removeCgroup(made) : removeUnusedCgroup(made),
			);
		}
		enableControllers(directory, enable);
		if (allMade.length === 0) assertUnused(directory, launch.pid);
		// One above may have been frozen, by a container that has this one in it or by an operator.
		else if (isFrozenAbove(directory)) throw frozenCgroup(directory);
	}
}

/** What to throw when somebody's processes are in a cgroup that is to be a container's own; undefined when nobody's are. */
export function occupiedCgroup(directory: string, cause?: unknown): TsrunError | undefined {
	const { length } = cgroupProcesses(directory);
	if (length === 0) return undefined;
	const message = `container's cgroup is not empty: ${length} process(es) found`;
	const hint =
		'The cgroup is in use by somebody else: choose another linux.cgroupsPath, or end what its cgroup.procs lists.';
	return new TsrunError('ERR_CGROUP', message, { path: directory, pointer: '/linux/cgroupsPath', hint, cause });
}

// A cgroup that was there already may be somebody's: what runs in it would share the container's limits, and die with it.
function assertUnused(directory: string, own: number | undefined): void {
	// Systemd has put the process in those that it has made.
	if (own !== undefined && cgroupProcesses(directory).every((pid) => pid === own)) return;
	const occupied = occupiedCgroup(directory);
	if (occupied !== undefined) throw occupied;
	assertNotFrozen(directory);
}

/** @throws TsrunError ERR_CGROUP when what enters the cgroup would stand still, and be waited for without end */
export function assertNotFrozen(directory: string): void {
	if (isCgroupFrozen(directory)) throw frozenCgroup(directory);
}

function frozenCgroup(directory: string): TsrunError {
	return new TsrunError('ERR_CGROUP', "container's cgroup unexpectedly frozen", {
		path: directory,
		pointer: '/linux/cgroupsPath',
		hint: 'What starts in it would stand still: thaw it (0 to cgroup.freeze, THAWED to freezer.state), or choose another linux.cgroupsPath.',
	});
}

// What a user without privileges gets where no cgroup was delegated.
const refusals: readonly (string | undefined)[] = ['EPERM', 'EACCES', 'EROFS'];

function createIfAllowed(launch: Launch, directory: string): string[] | undefined {
	try {
		return createCgroup(directory);
	} catch (cause) {
		if (!isRefusal(cause)) throw cause;
		launch.unreachable.set(directory, cause);
		return undefined;
	}
}

/** Whether the clone has entered all that there is to enter. */
export function hasEntered(
	{ enteredByClone, unreachable }: Launch,
	{ directories }: HostOperations['enter_cgroup'],
): boolean {
	return directories.every((directory) => directory === enteredByClone || unreachable.has(directory));
}

export async function enterCgroups(
	launch: Launch,
	{ directories, unit }: HostOperations['enter_cgroup'],
): Promise<void> {
	for (const directory of directories) {
		if (directory === launch.enteredByClone || launch.unreachable.has(directory)) continue;
		try {
			enterCgroup(directory, launch.process.pid);
		} catch (cause) {
			if (unit !== undefined && isWithin(unit.directory, directory) && isRefusal(cause)) {
				const manager = await launch.systemd(unit.manager);
				await manager.attach(unit.name, directory.slice(unit.directory.length) || '/', [launch.process.pid]);
				continue;
			}
			// A directory that may be made is not one that may be entered: that takes the right to write above it as well.
			const optional = launch.mayGoWithout && !launch.limited.has(directory);
			if (!optional || !isRefusal(cause)) throw cause;
			launch.unreachable.set(directory, cause);
		}
	}
}

function isRefusal(cause: unknown): cause is TsrunError {
	return cause instanceof TsrunError && refusals.includes(cause.errno);
}

function isWithin(above: string, directory: string): boolean {
	return directory === above || directory.startsWith(`${above}/`);
}

export async function chownCgroup(launch: Launch, { directory, uid }: HostOperations['chown_cgroup']): Promise<void> {
	if (launch.unreachable.has(directory)) return;
	const { giveCgroup } = await import('../../cgroup/ownership.js');
	giveCgroup(directory, uid);
}

export function writeCgroupLimits(launch: Launch, { writes }: HostOperations['write_cgroup']): Promise<void> | void {
	const reachable = writes.filter((write) => isReachable(launch, write));
	return reachable.some(mayKill) ? writeAndWatch(launch, reachable) : writeLimits(reachable);
}

// cgroup v2 takes a limit of memory that is less than what is used, and kills until it holds.
function mayKill({ file }: CgroupWrite): boolean {
	return file.endsWith('/memory.max');
}

async function writeAndWatch(launch: Launch, writes: readonly CgroupWrite[]): Promise<void> {
	const { assertSurvived, memoryKills } = await import('./memory-kills.js');
	launch.memoryKills ??= memoryKills(launch);
	writeLimits(writes);
	await assertSurvived(launch, launch.memoryKills);
}

// Where no cgroup could be made for a user without privileges there is nothing to limit, and whoever asked has to know.
function isReachable(launch: Launch, { file, pointer, tolerated }: CgroupWrite): boolean {
	const directory = dirname(file);
	const cause = launch.unreachable.get(directory);
	if (cause === undefined) {
		launch.limited.add(directory);
		return true;
	}
	const { errno, syscall } = cause;
	if (errno !== undefined && tolerated?.includes(errno)) return false;
	const message = `cannot set a limit, there is no cgroup for it: ${cause.message}`;
	const hint = 'Have systemd delegate a cgroup (systemd-run --user --scope -p Delegate=yes), or leave out the limit.';
	throw new TsrunError('ERR_CGROUP', message, { pointer, path: directory, errno, syscall, hint, cause });
}
