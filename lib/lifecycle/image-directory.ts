import { closeSync, constants, fstatSync, lstatSync, openSync, realpathSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { errnoText, TsrunError } from '../errors/index.js';
import { native, OwnedFd } from '../native/index.js';
import { errnoOf, makeDirectories, readTextFile, removeFile, systemFailure, writeFileAtomic } from '../os/index.js';

/** What a dump always writes. */
const inventory = 'inventory.img';
const descriptors = 'descriptors.json';

/** What the first three descriptors were takes a few hundred bytes. */
const maxDescriptorBytes = 64 * 1024;

/**
 * A directory that CRIU reads or writes as root, held open. Whoever may write to it could have CRIU overwrite any file (by a
 * link in place of a log), or restore any process: so nobody but its owner may, and it is not reached by a link.
 */
export class ImageDirectory implements Disposable {
	readonly path: string;
	readonly fd: OwnedFd;

	/** @throws TsrunError ERR_CHECKPOINT */
	constructor(path: string) {
		this.path = path;
		const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
		try {
			this.fd = new OwnedFd(openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
		} catch (cause) {
			const hint =
				errnoOf(cause) === 'ENOTDIR' || errnoOf(cause) === 'ELOOP'
					? 'A symbolic link is not followed here.'
					: undefined;
			throw systemFailure(`cannot open the checkpoint directory ${path}`, cause, { path, hint }, 'ERR_CHECKPOINT');
		}
		const { mode, gid } = fstatSync(this.fd.number);
		if ((mode & 0o002) === 0 && ((mode & 0o020) === 0 || gid === 0)) return;
		this.fd.close();
		const octal = (mode & 0o7777).toString(8);
		throw new TsrunError('ERR_CHECKPOINT', `others may write to the checkpoint directory ${path} (mode ${octal})`, {
			path,
			hint: 'What is in it is restored with all privileges: make it private with chmod go-w.',
		});
	}

	/** {@link ImageDirectory}, made if it is missing, for its owner alone. */
	static make(path: string): ImageDirectory {
		try {
			makeDirectories(path, 0o700);
		} catch (cause) {
			throw systemFailure('cannot make the checkpoint directory', cause, { path }, 'ERR_CHECKPOINT');
		}
		return new ImageDirectory(path);
	}

	/**
	 * The same for logs. Here a link of the caller's own is followed: containerd's shim gives the directory `work` of its bundle,
	 * which is a link to one elsewhere. One of somebody else is refused as ever.
	 */
	static makeForLogs(path: string): ImageDirectory {
		return ImageDirectory.make(isOwnLink(path) ? realpathSync(path) : path);
	}

	/** Removes a log of an earlier run, or what has been put in its place. */
	prepareLog(name: string): void {
		removeFile(this.#inside(name));
	}

	/** @throws TsrunError ERR_CHECKPOINT when no dump has been written here */
	assertCheckpoint(): void {
		try {
			if (lstatSync(this.#inside(inventory)).isFile()) return;
		} catch (cause) {
			if (errnoOf(cause) !== 'ENOENT') throw systemFailure(`cannot read the checkpoint in ${this.path}`, cause);
		}
		throw new TsrunError('ERR_CHECKPOINT', `${this.path} is not a checkpoint: it has no ${inventory}`, {
			path: this.path,
			hint: 'Give the directory that was the --image-path of a checkpoint.',
		});
	}

	/**
	 * Checks the directory of an earlier dump, of which this one holds the changes.
	 *
	 * @param parent relative to this directory
	 * @throws TsrunError ERR_ARGUMENT, ERR_CHECKPOINT
	 */
	assertParent(parent: string): void {
		if (isAbsolute(parent)) throw new TsrunError('ERR_ARGUMENT', '--parent-path must be relative to --image-path');
		const { O_RDONLY, O_DIRECTORY } = constants;
		try {
			closeSync(native().openat2(this.fd.number, parent, O_RDONLY | O_DIRECTORY, 0, 0n));
		} catch (cause) {
			throw systemFailure('invalid --parent-path', cause, { path: join(this.path, parent) }, 'ERR_CHECKPOINT');
		}
	}

	/** Remembers what descriptors 0 to 2 were, in the words of /proc, as runc and crun do in the same file. */
	writeDescriptors(names: readonly string[]): void {
		writeFileAtomic(this.#inside(descriptors), JSON.stringify(names), 0o600);
	}

	/**
	 * The names of {@link writeDescriptors}. Only their form is believed: what they are connected to is the caller's choice.
	 *
	 * @throws TsrunError ERR_CHECKPOINT when they are missing, reached by a link or malformed
	 */
	readDescriptors(): readonly string[] {
		const path = join(this.path, descriptors);
		const unusable = (reason: string, cause?: unknown) =>
			new TsrunError('ERR_CHECKPOINT', `cannot use ${path}: ${reason}`, { path, errno: errnoOf(cause), cause });
		let names: unknown;
		try {
			const options = { maxBytes: maxDescriptorBytes, follow: false };
			names = JSON.parse(readTextFile(this.#inside(descriptors), options));
		} catch (cause) {
			throw unusable(errnoOf(cause) === undefined ? 'it is not JSON' : errnoText(errnoOf(cause) ?? ''), cause);
		}
		if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
		throw unusable('it is not a list of texts');
	}

	/**
	 * The same directory in the mount namespace of another process. CRIU works in it, and mounts there, which the kernel lets
	 * nobody do at a place that belongs to another mount namespace.
	 *
	 * @throws TsrunError ERR_CHECKPOINT when the path leads elsewhere there
	 */
	seenBy(pid: number): OwnedFd {
		const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
		const there = new OwnedFd(openSync(`/proc/${pid}/root${this.path}`, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
		const [ours, theirs] = [fstatSync(this.fd.number), fstatSync(there.number)];
		if (ours.ino === theirs.ino && ours.dev === theirs.dev) return there;
		there.close();
		const message = `the checkpoint directory ${this.path} has been replaced while it was used`;
		throw new TsrunError('ERR_CHECKPOINT', message, { path: this.path });
	}

	// By the descriptor: the path could lead to another directory by now.
	#inside(name: string): string {
		return `/proc/self/fd/${this.fd.number}/${name}`;
	}

	[Symbol.dispose](): void {
		this.fd.close();
	}
}

function isOwnLink(path: string): boolean {
	const found = lstatSync(path, { throwIfNoEntry: false });
	return found?.isSymbolicLink() === true && found.uid === process.geteuid?.();
}
