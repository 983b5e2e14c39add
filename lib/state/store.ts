import { TsrunError } from '../errors/index.js';
import { chmodSync, lstatIfThere, readEntries, type Status, statIfThere } from '../native/files.js';
import { errnoOf, makeDirectories, makeDirectory, systemFailure } from '../os/index.js';
import { resolve } from '../paths.js';
import { ContainerDir, notFound } from './container-dir.js';
import { checkContainerId } from './id.js';
import type { ContainerRecord } from './record.js';

export interface StateStoreOptions {
	/** A root that is made gets the sticky bit; see {@link StateRoot} of the host layer. */
	readonly sticky?: boolean;
}

/** Beside the containers, and under a name that no container can have. */
const filterCacheName = '@seccomp';

const rootHint = 'Give a directory of your own with --root, or set XDG_RUNTIME_DIR.';

export interface StoredContainers {
	readonly containers: readonly { readonly dir: ContainerDir; readonly record: ContainerRecord }[];
	/** One for each entry that is no container, or none that can be read. */
	readonly errors: readonly Error[];
}

/** The state root: one directory per container, `<root>/<id>`. */
export class StateStore {
	readonly root: string;
	readonly #sticky: boolean;

	/** @param root made absolute; looked at only when it is used */
	constructor(root: string, { sticky = false }: StateStoreOptions = {}) {
		this.root = resolve(root);
		this.#sticky = sticky;
	}

	/** Where compiled seccomp filters are kept; made when the first one is. */
	get filterCache(): string {
		return `${this.root}/${filterCacheName}`;
	}

	/**
	 * Makes the root where it is missing, private to the user.
	 * What lies in it is believed by later calls that run as root, and so it must not be anybody else's to write.
	 *
	 * @throws TsrunError ERR_STATE_ROOT
	 */
	async prepareRoot(): Promise<void> {
		if (!this.checkRoot()) {
			this.#makeRoot();
			this.checkRoot();
		}
	}

	/**
	 * @returns false when there is no root yet
	 * @throws TsrunError ERR_STATE_ROOT when it is not safe to use
	 */
	checkRoot(): boolean {
		if (this.root === '/') throw this.#unsafe('it is the root directory of the machine');
		const entry = this.#stat(lstatIfThere);
		if (entry === undefined) return false;
		const self = process.geteuid?.() ?? 0;
		// A link may be put by anybody into a directory like /tmp.
		if (entry.isSymbolicLink() && entry.uid !== 0 && entry.uid !== self) {
			throw this.#unsafe(`it is a symbolic link of user ${entry.uid}`);
		}
		const stat = entry.isSymbolicLink() ? this.#stat(statIfThere) : entry;
		if (stat === undefined) throw this.#unsafe('it is a symbolic link that leads nowhere');
		if (!stat.isDirectory()) throw this.#unsafe('it is not a directory');
		if (stat.uid !== self) throw this.#unsafe(`it belongs to user ${stat.uid}, and this is user ${self}`);
		if ((stat.mode & 0o022) !== 0) {
			throw this.#unsafe(`others may write to it (mode ${(stat.mode & 0o7777).toString(8)})`);
		}
		return true;
	}

	/**
	 * Takes an id: makes its directory. Two callers cannot both have it.
	 * What then has to be done before anything else is in {@link takeId}.
	 *
	 * @throws TsrunError ERR_ID_INVALID, ERR_ID_EXISTS, ERR_STATE_ROOT
	 */
	async reserve(id: string): Promise<ContainerDir> {
		checkContainerId(id);
		await this.prepareRoot();
		const path = `${this.root}/${id}`;
		try {
			makeDirectory(path, 0o711);
		} catch (cause) {
			if (errnoOf(cause) === 'EEXIST') {
				throw idExists(id, path, cause);
			}
			throw systemFailure('cannot remember the container', cause, { containerId: id });
		}
		return new ContainerDir(path, id);
	}

	/** @throws TsrunError ERR_ID_INVALID; ERR_NOT_FOUND "container does not exist"; ERR_STATE_ROOT */
	async open(id: string): Promise<ContainerDir> {
		checkContainerId(id);
		const path = `${this.root}/${id}`;
		if (!this.checkRoot()) throw notFound(id);
		try {
			if (lstatIfThere(path)?.isDirectory() === true) return new ContainerDir(path, id);
		} catch (cause) {
			throw systemFailure('cannot open the container', cause, { containerId: id });
		}
		throw notFound(id);
	}

	/**
	 * All containers, by id; none when there is no root. What cannot be read is told in `errors` and stops nothing.
	 *
	 * @throws TsrunError ERR_STATE_ROOT
	 */
	async list(): Promise<StoredContainers> {
		if (!this.checkRoot()) return { containers: [], errors: [] };
		const containers: { dir: ContainerDir; record: ContainerRecord }[] = [];
		const errors: Error[] = [];
		for (const entry of readEntries(this.root).sort(byName)) {
			if (!entry.isDirectory || entry.name === filterCacheName) continue;
			try {
				checkContainerId(entry.name);
				const dir = new ContainerDir(`${this.root}/${entry.name}`, entry.name);
				containers.push({ dir, record: await dir.readRecord() });
			} catch (error) {
				errors.push(systemFailure('cannot load the container', error).with({ containerId: entry.name }));
			}
		}
		return { containers, errors };
	}

	#makeRoot(): void {
		try {
			makeDirectories(this.root, 0o700);
			if (this.#sticky) chmodSync(this.root, 0o1700);
		} catch (cause) {
			const failure = systemFailure('cannot change its mode', cause);
			throw new TsrunError('ERR_STATE_ROOT', `the state root cannot be made: ${failure.message}`, {
				syscall: failure.syscall,
				errno: failure.errno,
				path: this.root,
				hint: rootHint,
				cause,
			});
		}
	}

	#stat(call: (path: string) => Status | undefined): Status | undefined {
		try {
			return call(this.root);
		} catch (cause) {
			throw systemFailure('cannot use the state root', cause, { path: this.root }, 'ERR_STATE_ROOT');
		}
	}

	#unsafe(reason: string): TsrunError {
		return new TsrunError('ERR_STATE_ROOT', `the state root ${this.root} cannot be used: ${reason}`, {
			path: this.root,
			hint: rootHint,
		});
	}
}

/** The error of an id that somebody has; engines search for these words. */
export function idExists(id: string, path: string, cause?: unknown): TsrunError {
	return new TsrunError('ERR_ID_EXISTS', 'container with given ID already exists', { containerId: id, path, cause });
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
	return a.name < b.name ? -1 : 1;
}
