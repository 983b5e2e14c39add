import { TsrunError } from '../errors/index.js';
import { readFileSync, statIfThere, writeFileSync } from '../native/files.js';
import { delay, errnoOf, readTextFileIfThere, systemFailure } from '../os/index.js';

/** Directories of one container's cgroup, as the record has them. */
export interface CgroupPaths {
	readonly v2?: string | undefined;
	readonly v1?: Readonly<Record<string, string>> | undefined;
}

/** Each of them once: v1 controllers that are mounted together share one. */
export function directoriesOf({ v2, v1 = {} }: CgroupPaths): Set<string> {
	return new Set([...(v2 === undefined ? [] : [v2]), ...Object.values(v1)]);
}

/** Lets the processes of a cgroup run again; nothing happens where none was frozen. Without a freezer it does nothing. */
export function thawCgroups(paths: CgroupPaths): void {
	const freezer = freezerOf(paths);
	if (freezer !== undefined) write(freezer.file, freezer.thaw);
}

/** How long the kernel may take to stop every process; one in uninterruptible sleep can hold it up. */
const freezeLimitMs = 10_000;

/**
 * Stops every process of a cgroup, and waits until all stand still.
 *
 * @throws TsrunError ERR_CGROUP where there is no freezer, ERR_TIMEOUT when they do not stop; they run again then
 */
export async function freezeCgroups(paths: CgroupPaths): Promise<void> {
	const freezer = freezerOf(paths);
	if (freezer === undefined) {
		throw new TsrunError('ERR_CGROUP', 'the container has no cgroup with a freezer', {
			hint: 'pausing takes the freezer controller of cgroup v1, or cgroup v2 with Linux 5.2 or newer',
		});
	}
	write(freezer.file, freezer.freeze);
	const end = Date.now() + freezeLimitMs;
	for (let pause = 1; !freezer.isFrozen(); pause = Math.min(pause * 2, 20)) {
		if (Date.now() > end) {
			write(freezer.file, freezer.thaw);
			throw new TsrunError('ERR_TIMEOUT', `the processes of ${freezer.file} do not stop`, { path: freezer.file });
		}
		await delay(pause);
		// Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst: a fork that raced with the freeze is caught by
		// writing the state once more.
		write(freezer.file, freezer.freeze);
	}
}

/** Whether what enters a cgroup stands still, by its own switch or by one above, of either version; false where it has none. */
export function isCgroupFrozen(directory: string): boolean {
	return isFrozenAbove(directory) || textOf(`${directory}/cgroup.freeze`)?.trim() === '1';
}

/** The same of one whose own switch is known to be off: one that was just made, or whose container is not paused. */
export function isFrozenAbove(directory: string): boolean {
	const events = textOf(`${directory}/cgroup.events`);
	if (events !== undefined) return tellsFrozen(events);
	const state = textOf(`${directory}/freezer.state`);
	return state !== undefined && state.trim() !== 'THAWED';
}

/**
 * For a container that is not paused itself.
 *
 * @throws TsrunError ERR_CGROUP where a cgroup above its own is frozen: what enters it would be waited for without end
 */
export function assertNotFrozenAbove({ v1, v2 }: CgroupPaths): void {
	const path = v1?.['freezer'] ?? v2;
	if (path === undefined || !isFrozenAbove(path)) return;
	throw new TsrunError('ERR_CGROUP', "a cgroup above the container's is frozen", {
		path,
		hint: 'Whoever froze it has to thaw it: 0 to its cgroup.freeze, THAWED to its freezer.state. `tsrun resume` has no power over it.',
	});
}

/** Of the text of cgroup.events. */
const tellsFrozen = (events: string) => /^frozen 1$/m.test(events);

const textOf = (path: string) => readTextFileIfThere(path, { maxBytes: 4096 });

interface Freezer {
	readonly file: string;
	readonly freeze: string;
	readonly thaw: string;
	isFrozen(): boolean;
}

function freezerOf({ v1, v2 }: CgroupPaths): Freezer | undefined {
	const directory = v1?.['freezer'];
	if (directory !== undefined && isThere(`${directory}/freezer.state`)) {
		const file = `${directory}/freezer.state`;
		return { file, freeze: 'FROZEN', thaw: 'THAWED', isFrozen: () => read(file).trim() === 'FROZEN' };
	}
	if (v2 === undefined || !isThere(`${v2}/cgroup.freeze`)) return undefined;
	return {
		file: `${v2}/cgroup.freeze`,
		freeze: '1',
		thaw: '0',
		isFrozen: () => tellsFrozen(read(`${v2}/cgroup.events`)),
	};
}

// Only a file that is not there speaks for the other freezer: with any answer taken for that, a container would be frozen by one
// switch and looked at by the other (lib/state/frozen.ts).
function isThere(file: string): boolean {
	try {
		return statIfThere(file) !== undefined;
	} catch (cause) {
		throw systemFailure(`cannot find out about ${file}`, cause, { path: file }, 'ERR_CGROUP');
	}
}

function read(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (cause) {
		throw systemFailure(`cannot read ${file}`, cause, { path: file }, 'ERR_CGROUP');
	}
}

function write(file: string, value: string): void {
	try {
		writeFileSync(file, value);
	} catch (cause) {
		if (errnoOf(cause) === 'ENOENT' || errnoOf(cause) === 'ENODEV') return;
		throw systemFailure(`cannot write ${value} to ${file}`, cause, { path: file }, 'ERR_CGROUP');
	}
}
