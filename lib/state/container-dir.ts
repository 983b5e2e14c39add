import { TsrunError } from '../errors/index.js';
import { lstatIfThere, readdirSync } from '../native/files.js';
import {
	errnoOf,
	readTextFile,
	removeDirectory,
	removeFile,
	removeTree,
	systemFailure,
	takePlace,
	writeFileAtomic,
	writeNewFile,
} from '../os/index.js';
import { type LockOptions, lockFile } from './lock.js';
import { type ContainerRecord, parseRecord, serializeRecord } from './record.js';

/** The cap of config.json itself, and room for the record of a container with that many annotations. */
const maxBytes = 32 * 1024 * 1024;

/**
 * What is kept of one container:
 *
 *     state.json   the record; written last by `create`, replaced as a whole
 *     next.json    the record that will be, for as long as `create` waits for init; the one before, if it was killed at the change
 *     config.json  the bundle's, byte for byte as it was at create
 *     lock         held by the verb that changes something
 *     start.sock   there from create until start
 *     notify/      where the container's program says that it is ready, if somebody waits to hear it
 *     agent.sock   where the process that made the container takes seccomp listeners, if it answers the calls itself
 */
export class ContainerDir {
	readonly path: string;
	readonly id: string;

	#known: { readonly text: string; readonly record: ContainerRecord } | undefined;
	#prepared: string | undefined;

	/** @param path of the directory `<root>/<id>`; {@link StateStore} hands out instances */
	constructor(path: string, id: string) {
		this.path = path;
		this.id = id;
	}

	/** Path of the socket on which init waits for `start`. */
	get startSocket(): string {
		return `${this.path}/start.sock`;
	}

	/** Path of the socket to which the listeners of seccomp filters go instead of the profile's `listenerPath`. */
	get agentSocket(): string {
		return `${this.path}/agent.sock`;
	}

	/** Path of the directory that a container sees at /run/notify. */
	get notifyDirectory(): string {
		return `${this.path}/notify`;
	}

	/**
	 * @throws TsrunError ERR_NOT_FOUND when there is none: `create` is not that far, or was killed before;
	 *   ERR_STATE_CORRUPT when it cannot be used
	 */
	async readRecord(): Promise<ContainerRecord> {
		const path = `${this.path}/state.json`;
		try {
			const text = this.recordText();
			// Who has written it, as `run` has just before it starts the container, need not check it.
			if (this.#known?.text !== text) this.#known = { text, record: parseRecord(text, path) };
			return this.#known.record;
		} catch (cause) {
			if (errnoOf(cause) === 'ENOENT') throw notFound(this.id, cause);
			throw systemFailure('cannot read the record of the container', cause, { containerId: this.id });
		}
	}

	/**
	 * The text of the record, whatever it is worth.
	 *
	 * @throws of the system call that failed
	 */
	recordText(): string {
		return readTextFile(`${this.path}/state.json`, { maxBytes, follow: false });
	}

	/** Writes a record beside the one that holds; {@link writeRecord} only has to put it in its place. */
	prepareRecord(record: ContainerRecord): void {
		const text = serializeRecord(record);
		this.#write('next.json', text, writeNewFile);
		this.#prepared = text;
	}

	async writeRecord(record: ContainerRecord): Promise<void> {
		const text = serializeRecord(record);
		if (this.#prepared === undefined) this.#write('state.json', text);
		else {
			if (text !== this.#prepared) this.#write('next.json', text);
			this.#change('state.json', () => takePlace(`${this.path}/next.json`, `${this.path}/state.json`));
			this.#prepared = undefined;
		}
		this.#known = { text, record };
	}

	/** The text of config.json at create. */
	async configText(): Promise<string> {
		return readTextFile(`${this.path}/config.json`, { maxBytes, follow: false });
	}

	async writeConfig(text: string): Promise<void> {
		this.#write('config.json', text, writeNewFile);
	}

	/** The lock of the container; see {@link lockFile}. Whoever waits for it reads the record after, not before. */
	async lock(options: LockOptions = {}): Promise<AsyncDisposable> {
		try {
			return await lockFile(`${this.path}/lock`, options);
		} catch (cause) {
			throw systemFailure('cannot lock the container', cause, { containerId: this.id });
		}
	}

	/** Whether a container is made in it, is there, or is being removed. */
	isUsed(): boolean {
		try {
			return lstatIfThere(`${this.path}/config.json`) !== undefined;
		} catch (cause) {
			throw systemFailure('cannot tell whether there is a container', cause, { containerId: this.id });
		}
	}

	/** Whether the container is created and not started. */
	hasStartSocket(): boolean {
		try {
			return lstatIfThere(this.startSocket) !== undefined;
		} catch (cause) {
			throw systemFailure('cannot tell whether the container was started', cause, { containerId: this.id });
		}
	}

	/** Removes the directory; that it is gone already is no error. The caller holds the lock. */
	async remove(): Promise<void> {
		const lock = 'lock';
		let names: string[];
		try {
			names = readdirSync(this.path);
		} catch (cause) {
			if (errnoOf(cause) === 'ENOENT') return;
			throw systemFailure('cannot remove the container', cause, { containerId: this.id, path: this.path });
		}
		// The record goes first: from here on the container does not exist. The lock goes last.
		const rank = (name: string): number => (name === 'state.json' ? 0 : name === lock ? 2 : 1);
		for (const name of names.sort((a, b) => rank(a) - rank(b))) await removeEntry(`${this.path}/${name}`);
		// With a lock in it again it is another's: a second `delete` has removed it before us, and a `create` made it anew.
		if (this.removeEmpty() || lstatIfThere(`${this.path}/${lock}`) !== undefined) return;
		throw new TsrunError('ERR_SYSTEM', `cannot remove ${this.path}: it is not empty`, { containerId: this.id });
	}

	/**
	 * Removes a directory that has nothing in it, not even a lock; no lock is needed for that, because it is one call.
	 *
	 * @returns false when there is something
	 */
	removeEmpty(): boolean {
		try {
			removeDirectory(this.path);
			return true;
		} catch (cause) {
			if (errnoOf(cause) === 'ENOTEMPTY') return false;
			throw cause;
		}
	}

	#write(name: string, text: string, write: typeof writeNewFile = writeFileAtomic): void {
		this.#change(name, () => write(`${this.path}/${name}`, text, 0o600));
	}

	#change(name: string, change: () => void): void {
		try {
			change();
		} catch (cause) {
			throw systemFailure(`cannot write ${name} of the container`, cause, { containerId: this.id });
		}
	}
}

async function removeEntry(path: string): Promise<void> {
	try {
		removeFile(path);
	} catch (error) {
		if (errnoOf(error) !== 'EISDIR') throw error;
		await removeTree(path);
	}
}

/** The error every verb gives for an id without a container; engines search for these words. */
export function notFound(id: string, cause?: unknown): TsrunError {
	return new TsrunError('ERR_NOT_FOUND', 'container does not exist', { containerId: id, cause });
}
