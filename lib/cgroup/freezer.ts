import { TsrunError } from '../errors/index.js';
import { existsSync, readFileSync, writeFileSync } from '../native/files.js';
import { delay, errnoOf, systemFailure } from '../os/index.js';

/** Directories of one container's cgroup, as the record has them. */
export interface CgroupPaths {
	readonly v2?: string | undefined;
	readonly v1?: Readonly<Record<string, string>> | undefined;
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

/** Whether a cgroup is frozen by its own switch, of either version; false where it has none. */
export function isCgroupFrozen(directory: string): boolean {
	const read = (name: string) =>
		existsSync(`${directory}/${name}`) ? readFileSync(`${directory}/${name}`, 'utf8') : '';
	return read('freezer.self_freezing').trim() === '1' || read('cgroup.freeze').trim() === '1';
}

interface Freezer {
	readonly file: string;
	readonly freeze: string;
	readonly thaw: string;
	isFrozen(): boolean;
}

function freezerOf({ v1, v2 }: CgroupPaths): Freezer | undefined {
	const directory = v1?.['freezer'];
	if (directory !== undefined && existsSync(`${directory}/freezer.state`)) {
		const file = `${directory}/freezer.state`;
		return { file, freeze: 'FROZEN', thaw: 'THAWED', isFrozen: () => readFileSync(file, 'utf8').trim() === 'FROZEN' };
	}
	if (v2 === undefined || !existsSync(`${v2}/cgroup.freeze`)) return undefined;
	return {
		file: `${v2}/cgroup.freeze`,
		freeze: '1',
		thaw: '0',
		isFrozen: () => /^frozen 1$/m.test(readFileSync(`${v2}/cgroup.events`, 'utf8')),
	};
}

function write(file: string, value: string): void {
	try {
		writeFileSync(file, value);
	} catch (cause) {
		if (errnoOf(cause) === 'ENOENT' || errnoOf(cause) === 'ENODEV') return;
		throw systemFailure(`cannot write ${value} to ${file}`, cause, { path: file }, 'ERR_CGROUP');
	}
}
