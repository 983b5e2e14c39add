import { fstatSync, readlinkSync, type Stats } from 'node:fs';
import { native, OwnedFd } from '../native/index.js';
import { errnoOf, type MountInfo, parseMountInfo, readTextFile } from '../os/index.js';

// linux/openat2.h, fcntl.h
const resolveInRoot = 0x10n;
const openPath = 0x200000;
const openDirectory = 0x10000;

const maxBytes = 64 * 1024 * 1024;

/** A mount that a path leads to. */
export interface MountPoint {
	readonly mount: MountInfo;
	/** Of the root of the mount. */
	readonly status: Stats;
}

/** The mounts of another process's mount namespace, found by paths below a directory in it, which symlinks do not leave. */
export class MountPoints implements Disposable {
	readonly mounts: readonly MountInfo[];
	readonly #root: OwnedFd;
	readonly #byId: ReadonlyMap<number, MountInfo>;

	/**
	 * @param pid held by the caller, so that it is the same process throughout
	 * @param root directory as the process sees it
	 */
	constructor(pid: number, root: string) {
		this.mounts = parseMountInfo(readTextFile(`/proc/${pid}/mountinfo`, { maxBytes }));
		this.#byId = new Map(this.mounts.map((mount) => [mount.id, mount]));
		using whole = new OwnedFd(native().openat2(-100, `/proc/${pid}/root`, openPath | openDirectory, 0, 0n));
		this.#root = new OwnedFd(native().openat2(whole.number, root, openPath | openDirectory, 0, resolveInRoot));
	}

	/** The mount at a path; undefined where there is none. */
	at(path: string): MountPoint | undefined {
		try {
			using fd = new OwnedFd(native().openat2(this.#root.number, path, openPath, 0, resolveInRoot));
			const info = readTextFile(`/proc/self/fdinfo/${fd.number}`, { maxBytes });
			const mount = this.#byId.get(Number(/^mnt_id:\s*(\d+)$/m.exec(info)?.[1]));
			// Another place in the same mount than its root is no mount point.
			if (mount?.mountPoint !== readlinkSync(`/proc/self/fd/${fd.number}`)) return undefined;
			return { mount, status: fstatSync(fd.number) };
		} catch (cause) {
			const errno = errnoOf(cause);
			if (errno === 'ENOENT' || errno === 'ENOTDIR' || errno === 'ELOOP') return undefined;
			throw cause;
		}
	}

	/** The mounts below a directory, parents first. */
	below(directory: string): MountInfo[] {
		return this.mounts.filter(({ mountPoint }) => mountPoint.startsWith(`${directory}/`));
	}

	[Symbol.dispose](): void {
		this.#root.close();
	}
}
