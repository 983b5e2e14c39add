import { TsrunError } from '../errors/index.js';
import { existsSync, mkdirSync, readFileIfThere, rmdirSync, statfsSync, writeFileSync } from '../native/files.js';
import { native } from '../native/load.js';
import { delay, errnoOf, systemFailure } from '../os/index.js';
import { dirname } from '../paths.js';

/** f_type of statfs(2), from linux/magic.h. */
const cgroupMagic = 0x27e0eb;
const cgroup2Magic = 0x63677270;

/**
 * Makes a cgroup with those above it that are missing.
 *
 * @returns the directories that were made, topmost first: what may be removed again
 * @throws TsrunError ERR_CGROUP; what was made is removed
 */
export function createCgroup(directory: string): string[] {
	const made: string[] = [];
	try {
		makeWithParents(directory, made);
		assertCgroup(directory);
		for (const path of made) {
			// Another container may be the last in one above it, and has to know that nobody counts on it.
			if (path !== directory) native().markCgroup(path);
			inheritCpuset(path);
		}
	} catch (cause) {
		for (const path of made.reverse()) removeOne(path);
		throw systemFailure(`cannot create the cgroup ${directory}`, cause, { path: directory }, 'ERR_CGROUP');
	}
	return made;
}

/** The directories that {@link createCgroup} would make, topmost first. */
export function missingDirectories(directory: string): string[] {
	return directory === '/' || existsSync(directory) ? [] : [...missingDirectories(dirname(directory)), directory];
}

// How often a parent may vanish under our hands before something else must be wrong.
const parentTries = 20;

function makeWithParents(directory: string, made: string[], tries = parentTries): void {
	try {
		mkdirSync(directory);
	} catch (error) {
		if (errnoOf(error) === 'EEXIST') return;
		if (tries === 0) throw error;
		if (errnoOf(error) !== 'ENOENT') throw error;
		makeWithParents(dirname(directory), made);
		// Once more from the start: the container that made the one above may have removed it meanwhile.
		makeWithParents(directory, made, tries - 1);
		return;
	}
	made.push(directory);
}

// Podman makes plain folders for controllers that are not mounted; a process "in" one of them would be in no cgroup.
function assertCgroup(directory: string): void {
	if (!isCgroupFileSystem(directory)) {
		throw new TsrunError('ERR_CGROUP', `${directory} is not in a cgroup file system`, { path: directory });
	}
}

// cpuset(7): a new v1 cpuset has no CPUs and no memory nodes, and takes no process before it has some of its parent's.
function inheritCpuset(directory: string): void {
	// v2 has the same names, where empty means "as the parent"; only v1 has cpu_exclusive next to them.
	if (readOrUndefined(`${directory}/cpuset.cpu_exclusive`) === undefined) return;
	for (const file of ['cpuset.cpus', 'cpuset.mems']) filledFrom(directory, file);
}

/** What the file says once it says something: another container's runtime may have made the parent, and not yet filled it. */
function filledFrom(directory: string, file: string): string | undefined {
	const own = readOrUndefined(`${directory}/${file}`)?.trim();
	if (own !== '') return own;
	const above = filledFrom(dirname(directory), file);
	if (above !== undefined) writeFileSync(`${directory}/${file}`, above);
	return above;
}

function readOrUndefined(path: string): string | undefined {
	return readFileIfThere(path);
}

/** How long a cgroup may stay busy after its last process was killed. */
const removalLimitMs = 5000;

/**
 * Removes a cgroup with the cgroups below it, and those above it that were made for containers of which this was the last.
 * A directory that is gone already is fine.
 * The kernel answers EBUSY for a moment after the last process has gone; there is no event for its end on v1, so the
 * call is repeated with growing pauses for up to 5 s.
 *
 * @throws TsrunError ERR_CGROUP when it stays busy, or when its hierarchy is not mounted here, where nobody can tell
 */
export async function removeCgroup(directory: string): Promise<void> {
	await removeOwn(directory);
	removeAbove(directory);
}

/**
 * Removes a cgroup in which nothing is, as {@link removeCgroup} does; any other, and one that is not there, is left to that.
 *
 * @throws TsrunError ERR_CGROUP
 */
export function removeEmptyCgroup(directory: string): boolean {
	try {
		rmdirSync(directory);
	} catch {
		return false;
	}
	removeAbove(directory);
	return true;
}

function removeAbove(directory: string): void {
	try {
		native().removeMarkedCgroupsAbove(directory);
	} catch (cause) {
		throw systemFailure(`cannot remove the cgroups above ${directory}`, cause, {}, 'ERR_CGROUP');
	}
}

async function removeOwn(directory: string): Promise<void> {
	try {
		return rmdirSync(directory);
	} catch (error) {
		if (errnoOf(error) === 'ENOENT') return assertHierarchy(directory);
	}
	const end = Date.now() + removalLimitMs;
	for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
		const busy = removeTreeOnce(directory);
		if (busy === undefined) return;
		if (errnoOf(busy) !== 'EBUSY' || Date.now() > end) {
			throw systemFailure(`cannot remove the cgroup ${directory}`, busy, { path: directory }, 'ERR_CGROUP');
		}
		await delay(pause);
	}
}

// A runtime in another mount namespace than the one that made the container sees no directory either, and would forget a cgroup
// that is still there.
function assertHierarchy(directory: string): void {
	let above = dirname(directory);
	while (above !== '/' && !existsSync(above)) above = dirname(above);
	try {
		if (isCgroupFileSystem(above)) return;
	} catch (cause) {
		throw systemFailure(`cannot remove the cgroup ${directory}`, cause, { path: directory }, 'ERR_CGROUP');
	}
	throw new TsrunError('ERR_CGROUP', `cannot remove the cgroup ${directory}: its file system is not mounted here`, {
		path: directory,
		hint: 'Mount the cgroups as they were when the container was made, or delete it where they are.',
	});
}

function isCgroupFileSystem(path: string): boolean {
	const { type } = statfsSync(path);
	return type === cgroupMagic || type === cgroup2Magic;
}

/**
 * Removes a cgroup above a container's, unless somebody else has come to use it since it was made for that container; for
 * kernels that keep no mark of who made it.
 *
 * @throws TsrunError ERR_CGROUP
 */
export function removeUnusedCgroup(directory: string): void {
	const failed = removeOne(directory);
	if (failed === undefined || errnoOf(failed) === 'EBUSY') return;
	throw systemFailure(`cannot remove the cgroup ${directory}`, failed, { path: directory }, 'ERR_CGROUP');
}

function removeTreeOnce(directory: string): unknown {
	const failed = removeOne(directory);
	if (failed === undefined || errnoOf(failed) !== 'EBUSY') return failed;
	try {
		native().removeCgroupsBelow(directory);
	} catch (error) {
		if (errnoOf(error) !== 'ENOENT') return error;
	}
	return removeOne(directory);
}

function removeOne(directory: string): unknown {
	try {
		rmdirSync(directory);
		return undefined;
	} catch (error) {
		return errnoOf(error) === 'ENOENT' ? undefined : error;
	}
}
