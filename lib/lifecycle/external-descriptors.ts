import { openSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { constants } from '../native/files.js';
import { OwnedFd } from '../native/index.js';
import { errnoOf, parseMountInfo, readTextFile } from '../os/index.js';

const maxBytes = 64 * 1024 * 1024;

/** st_rdev of /dev/null: 1:3. */
const nullNumber = 0x103n;

const nullMark = /^null:/;

// A shell that writes to a file has it for a moment in the place of its output (echo $i >/count).
const looks = 8;
const betweenLooksMs = 2;

/** What descriptors 0, 1 and 2 of a container are. */
export interface SavedDescriptors {
	/**
	 * As `restore` is told: a pipe as /proc names it, a file of the host as CRIU does (`file[MOUNT:INODE]`), with `null:` in
	 * front for the null device; '' for one that is closed.
	 */
	readonly names: readonly string[];
	/** Those that CRIU would look for inside, in vain. */
	readonly external: readonly string[];
}

/**
 * Looks at the first three descriptors of a container's init. Pipes are found by CRIU; a file that is in no mount of the
 * container, such as a log or the host's /dev/null, is declared to be from outside. The process runs meanwhile: one that is a file of
 * the container is looked at again, and is what it was outside at any of these looks.
 *
 * @param pid held by the caller
 */
export async function savedDescriptors(pid: number): Promise<SavedDescriptors> {
	const inside = new Set(parseMountInfo(readTextFile(`/proc/${pid}/mountinfo`, { maxBytes })).map(({ id }) => id));
	let names = namesNow(pid, inside);
	for (let more = 1; more < looks && names.some(isInside); more += 1) {
		await delay(betweenLooksMs);
		const now = namesNow(pid, inside);
		names = names.map((name, number) => (isInside(name) ? (now[number] ?? name) : name));
	}
	const external = names.map((name) => name.replace(nullMark, '')).filter(isExternalFile);
	return { names, external: [...new Set(external)] };
}

function namesNow(pid: number, inside: ReadonlySet<number>): string[] {
	return [0, 1, 2].map((number) => {
		try {
			return nameOf(pid, number, inside);
		} catch (cause) {
			// It is closed.
			if (errnoOf(cause) === 'ENOENT') return '';
			throw cause;
		}
	});
}

const isInside = (name: string): boolean => name.startsWith('/');

/**
 * Which of the new 0, 1 and 2 takes the place of which one that was saved, by its name in the images. Others were things of
 * the container itself, and are restored.
 */
export function replacedDescriptors(names: readonly string[]): [string, number][] {
	return names
		.slice(0, 3)
		.map((name, number): [string, number] => [name, number])
		.filter(([name]) => /^pipe:\[\d+\]$/.test(name) || isExternalFile(name));
}

/** The names in the images of what was the null device: that it stays, whatever the new 0, 1 and 2 are. */
export function nullDescriptors(names: readonly string[]): string[] {
	const marked = names.slice(0, 3).filter((name) => nullMark.test(name));
	return [...new Set(marked.map((name) => name.replace(nullMark, '')))].filter(isExternalFile);
}

function nameOf(pid: number, number: number, inside: ReadonlySet<number>): string {
	// Held: the process may put another file in its place between two looks at it.
	using held = new OwnedFd(openSync(`/proc/${pid}/fd/${number}`, constants.O_PATH));
	const path = `/proc/self/fd/${held.number}`;
	const name = readlinkSync(path);
	if (!isInside(name)) return name;
	const info = readTextFile(`/proc/self/fdinfo/${held.number}`, { maxBytes });
	const mount = Number(/^mnt_id:\s*(\d+)$/m.exec(info)?.[1]);
	if (inside.has(mount)) return name;
	const { ino, rdev } = statSync(path, { bigint: true });
	return `${rdev === nullNumber ? 'null:' : ''}file[${mount.toString(16)}:${ino.toString(16)}]`;
}

function isExternalFile(name: string): boolean {
	return /^file\[[0-9a-f]+:[0-9a-f]+\]$/.test(name);
}
