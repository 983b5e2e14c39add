import {
	closeSync,
	constants,
	fstatSync,
	lstatIfThere,
	mkdirSync,
	openSync,
	readdirSync,
	readSync,
	type Status,
} from '../native/files.js';
import { errnoOf, removeFile, systemFailure, writeFileAtomic } from '../os/index.js';
import { instructionBytes } from './bpf.js';

/** BPF_MAXINSNS instructions: no program is larger. */
const largestProgram = 4096 * instructionBytes;
const digestBytes = 32;

/** A machine runs its containers with a handful of profiles. Beyond this, the oldest files go. */
const keptFiles = 64;

/** Hashes pieces as one: SHA-256. */
export type Digest = (pieces: readonly (string | Uint8Array)[]) => Buffer;

/**
 * Compiled filters on disk, one file each: a digest over name and program, then the program. A filter is what stands
 * between a container and the kernel, so a file is believed only if nobody but us can have written it, in a directory
 * where nobody but us can have put it, and if it is whole. Whatever is not is left out, never an error.
 */
export class FilterCache {
	readonly #directory: string;
	readonly #digest: Digest;
	readonly #onRefused: (reason: string) => void;

	/**
	 * @param directory made when the first filter is written; its parent must be trustworthy
	 * @param onRefused told why the cache, or a file in it, is not used
	 */
	constructor(directory: string, digest: Digest, onRefused: (reason: string) => void) {
		this.#directory = directory;
		this.#digest = digest;
		this.#onRefused = onRefused;
	}

	/** @param key lower-case hexadecimal digits */
	read(key: string): Uint8Array | undefined {
		try {
			if (!this.#isSafe()) return undefined;
			const bytes = this.#readFile(`${this.#directory}/${key}`);
			if (bytes === undefined) return undefined;
			const program = bytes.subarray(digestBytes);
			const whole = program.length > 0 && program.length % instructionBytes === 0;
			if (whole && this.#digest([key, program]).equals(bytes.subarray(0, digestBytes))) return program;
			this.#onRefused(`${this.#directory}/${key} is damaged`);
		} catch (cause) {
			this.#onRefused(systemFailure(`cannot read ${this.#directory}`, cause).message);
		}
		return undefined;
	}

	write(key: string, program: Uint8Array): void {
		try {
			makeIfMissing(this.#directory);
			if (!this.#isSafe()) return;
			const bytes = Buffer.concat([this.#digest([key, program]), program]);
			writeFileAtomic(`${this.#directory}/${key}`, bytes, 0o600);
			this.#prune();
		} catch (cause) {
			this.#onRefused(systemFailure(`cannot write to ${this.#directory}`, cause).message);
		}
	}

	#isSafe(): boolean {
		const stat = lstatIfThere(this.#directory);
		if (stat === undefined) return false;
		const reason = stat.isDirectory() ? notOurs(stat) : 'it is not a directory';
		if (reason !== undefined) this.#onRefused(`${this.#directory} is not used: ${reason}`);
		return reason === undefined;
	}

	#readFile(path: string): Buffer | undefined {
		const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
		let fd: number;
		try {
			fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
		} catch (cause) {
			if (errnoOf(cause) === 'ENOENT') return undefined;
			throw cause;
		}
		try {
			const stat = fstatSync(fd);
			const reason = fileFault(stat);
			if (reason !== undefined) {
				this.#onRefused(`${path} is not used: ${reason}`);
				return undefined;
			}
			// One byte more than any whole file, so that one that grows meanwhile fails the digest.
			const buffer = Buffer.allocUnsafe(stat.size + 1);
			return buffer.subarray(0, readSync(fd, buffer));
		} finally {
			closeSync(fd);
		}
	}

	#prune(): void {
		const names = readdirSync(this.#directory);
		if (names.length <= keptFiles) return;
		const { statSync } = process.getBuiltinModule('node:fs');
		const byAge = names
			.map((name) => ({ name, time: statSync(`${this.#directory}/${name}`, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
			.sort((a, b) => b.time - a.time);
		for (const { name } of byAge.slice(keptFiles)) removeFile(`${this.#directory}/${name}`);
	}
}

function notOurs({ uid, mode }: Status): string | undefined {
	const self = process.geteuid?.() ?? 0;
	if (uid !== self) return `it belongs to user ${uid}`;
	if ((mode & 0o022) !== 0) return `others may write to it (mode ${(mode & 0o7777).toString(8)})`;
	return undefined;
}

function fileFault(stat: Status): string | undefined {
	if (!stat.isFile()) return 'it is not a regular file';
	// A second name could be one under which somebody else once had it.
	if (stat.nlink !== 1) return `it has ${stat.nlink} names`;
	if (stat.size > digestBytes + largestProgram) return `it has ${stat.size} bytes`;
	return notOurs(stat);
}

function makeIfMissing(directory: string): void {
	try {
		mkdirSync(directory, 0o700);
	} catch (cause) {
		if (errnoOf(cause) !== 'EEXIST') throw cause;
	}
}
