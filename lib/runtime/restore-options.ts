import type { CriuSettings } from '../lifecycle/checkpoint-options.js';
import type { LaunchOptions } from './options.js';

/** How a container is restored. */
export interface RestoreOptions extends CriuSettings, Omit<LaunchOptions, 'preserveFds' | 'signal'> {
	/** false: the container keeps the caller's session keyring. */
	readonly newKeyring?: boolean | undefined;
	/** Close TCP connections, listening sockets apart, in place of keeping them. */
	readonly tcpClose?: boolean | undefined;
	/** `apparmor:NAME` or `selinux:LABEL`, in place of what was saved. */
	readonly lsmProfile?: string | undefined;
	/** SELinux context of mounts, in place of what was saved. */
	readonly lsmMountContext?: string | undefined;
	/** A file to read in place of config.json of the bundle. */
	readonly configFile?: string | undefined;
	/** Adopt and reap the processes that the container leaves behind. */
	readonly subreaper?: boolean | undefined;
	/** The container stays when its owner is disposed. */
	readonly keep?: boolean | undefined;
}
