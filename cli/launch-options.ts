import type { CreateOptions } from '../lib/index.js';
import { resolve } from '../lib/paths.js';
import type { Options, Values } from './command.js';

/** The options that `create` and `run` share. */
export const launchOptions = {
	bundle: {
		kind: 'text',
		alias: 'b',
		value: 'DIR',
		summary: 'the bundle: a directory with config.json (the current one)',
	},
	config: { kind: 'text', alias: 'f', value: 'FILE', summary: 'read this file instead of config.json of the bundle' },
	'console-socket': {
		kind: 'text',
		value: 'SOCKET',
		summary: 'unix socket that is sent the master of the terminal; needed with process.terminal when detached',
	},
	'pid-file': { kind: 'text', value: 'FILE', summary: 'write the pid of the container to this file' },
	'pidfd-socket': { kind: 'text', value: 'SOCKET', summary: 'unix socket that is sent a pidfd of the container' },
	'no-pivot': {
		kind: 'flag',
		summary: 'move the root mount and chroot instead of pivot_root, for a rootfs on a ramdisk',
	},
	'no-new-keyring': { kind: 'flag', summary: "keep the caller's session keyring" },
	'preserve-fds': {
		kind: 'integer',
		value: 'N',
		minimum: 0,
		summary: 'hand N more file descriptors to the container, after stdio and $LISTEN_FDS',
	},
} as const satisfies Options;

/** The directory given with `--bundle`, absolute. */
export function bundleOf(given: Pick<Values<typeof launchOptions>, 'bundle'>): string {
	return resolve(given.bundle === undefined || given.bundle === '' ? '.' : given.bundle);
}

/**
 * What the shared options ask of the library. Files are made absolute here, because they are relative to the caller's
 * directory; sockets are not, because their address may have 107 bytes at most.
 */
export function createOptionsOf(given: Values<typeof launchOptions>): CreateOptions {
	return {
		stdio: 'inherit',
		listenFds: true,
		notify: true,
		...(given['console-socket'] ? { consoleSocket: given['console-socket'] } : {}),
		...(given['pidfd-socket'] ? { pidfdSocket: given['pidfd-socket'] } : {}),
		...(given['pid-file'] ? { pidFile: resolve(given['pid-file']) } : {}),
		...(given.config ? { configFile: resolve(given.config) } : {}),
		...(given['no-pivot'] === true ? { pivot: false } : {}),
		...(given['no-new-keyring'] === true ? { newKeyring: false } : {}),
		...(given['preserve-fds'] === undefined ? {} : { preserveFds: given['preserve-fds'] }),
	};
}
