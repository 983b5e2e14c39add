/**
 * Every code a {@link TsrunError} can carry, with the sentence that docs/errors.md prints for it.
 * A code is part of the public face: it is never reused for another meaning.
 */
export const errorCodes = {
	ERR_ARGUMENT: 'An argument of the call or of the command line is missing or malformed.',
	ERR_BUNDLE: 'The bundle directory or its config.json cannot be read.',
	ERR_CONFIG_SYNTAX: 'config.json is not JSON.',
	ERR_CONFIG_INVALID: 'config.json is JSON, but values in it break the runtime-spec.',
	ERR_CONFIG_UNSUPPORTED: 'The value is valid, but beyond what the kernel, or CRIU, can do.',
	ERR_HOST_UNSUPPORTED: 'The kernel or the machine lacks what the configuration asks for.',
	ERR_KERNEL_TOO_OLD:
		'The kernel is older than Linux 5.4, or a seccomp profile around this program hides what tsrun needs of it.',
	ERR_ID_INVALID: 'The container id has characters or a length that cannot be used.',
	ERR_ID_EXISTS: 'A container with this id exists already.',
	ERR_NOT_FOUND: 'No container with this id exists under the state root.',
	ERR_WRONG_STATUS: 'The container is in a status in which this verb is not allowed.',
	ERR_STATE_CORRUPT: 'The record of the container on disk cannot be used.',
	ERR_STATE_ROOT: 'The state root cannot be created, or is not safe to use.',
	ERR_STEP_FAILED: 'A step of the plan failed: the kernel refused a system call.',
	ERR_EXECUTABLE: 'args[0] cannot be found or executed in the container.',
	ERR_INIT_DIED: 'The init helper ended before it answered.',
	ERR_HOOK_FAILED: 'A hook failed, could not be started, or ran into its timeout.',
	ERR_CONSOLE: 'The terminal of the container cannot be set up or handed over.',
	ERR_CGROUP: 'A cgroup cannot be created, entered, written or removed.',
	ERR_DBUS: 'D-Bus cannot be reached or understood, or systemd refuses what it is asked over it.',
	ERR_CRIU: 'CRIU, which saves and restores containers, is missing, is too old, or fails.',
	ERR_CHECKPOINT: 'The directory of a checkpoint, or what is in it, cannot be used.',
	ERR_CALL_GONE:
		'The notified system call does not wait for an answer any more: its process was interrupted or has ended.',
	ERR_SIGNAL: 'A signal is unknown or cannot be delivered.',
	ERR_TIMEOUT: 'Something that should have ended did not end within its limit.',
	ERR_ABORTED: 'The AbortSignal handed to the call was aborted.',
	ERR_NATIVE: 'The native addon is missing, of another version, or answered nonsense.',
	ERR_SYSTEM: 'A system call of the runtime itself failed.',
} as const;

/** The code of a {@link TsrunError}. */
export type ErrorCode = keyof typeof errorCodes;
