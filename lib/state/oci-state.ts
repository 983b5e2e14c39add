import type { ContainerRecord } from './record.js';
import type { ContainerStatus } from './status.js';

/** The state document of the runtime-spec with the members every engine knows from runc, in runc's order. */
export interface OciState {
	/** Version of the runtime-spec that the document follows. */
	readonly ociVersion: string;
	/** Id of the container. */
	readonly id: string;
	/** Host pid of the container's process; 0 when stopped. */
	readonly pid: number;
	/** Where it is in its life. */
	readonly status: ContainerStatus;
	/** Absolute path of its bundle. */
	readonly bundle: string;
	/** Absolute path of its root file system. */
	readonly rootfs: string;
	/** RFC 3339, UTC. */
	readonly created: string;
	/** Those of its config. */
	readonly annotations?: Readonly<Record<string, string>>;
	/** Name of the user who created it, or ''. */
	readonly owner: string;
}

/** @param owner what the member of this name says: `state` leaves it empty, `list` has a user name or `#uid` */
export function ociState(record: ContainerRecord, status: ContainerStatus, owner = ''): OciState {
	return {
		ociVersion: record.ociVersion,
		id: record.id,
		pid: status === 'stopped' ? 0 : record.pid,
		status,
		bundle: record.bundle,
		rootfs: record.rootfs,
		created: record.created,
		...annotationsOf(record),
		owner,
	};
}

function annotationsOf({ annotations }: ContainerRecord): { annotations?: Readonly<Record<string, string>> } {
	return annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations };
}
