// pipe.js is imported from its own file: it brings node:stream, which most verbs do without.
export { flock, flockWait } from './file-lock.js';
export { native } from './load.js';
export type { Message, Native, SeccompNotification, SeccompRequest, Spawned, Spawner, SpawnRequest } from './native.js';
export { OwnedFd } from './owned-fd.js';
export { fromSystemError, isSystemError } from './system-error.js';
export {
	blockBriefly,
	blocksBriefly,
	exited,
	HANG_UP,
	READABLE,
	readable,
	readyBriefly,
	Watch,
	watchOnce,
	writable,
} from './watch.js';
