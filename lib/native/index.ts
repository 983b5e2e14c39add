// pipe.js is imported from its own file: it brings node:stream, which most verbs do without.
export { flock, flockWait } from './file-lock.js';
export { native } from './load.js';
export type {
	Exit,
	Message,
	Native,
	SeccompNotification,
	SeccompRequest,
	SocketType,
	Spawned,
	SpawnRequest,
	WindowSize,
} from './native.js';
export { OwnedFd } from './owned-fd.js';
export { fromSystemError, isSystemError, type SystemError } from './system-error.js';
export {
	blockBriefly,
	blocksBriefly,
	exited,
	HANG_UP,
	READABLE,
	readable,
	readyBriefly,
	type WaitOptions,
	Watch,
	WRITABLE,
	writable,
} from './watch.js';
