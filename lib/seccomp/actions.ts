import { constants } from 'node:os';
import { ConfigError } from '../errors/index.js';
import type { SeccompAction } from '../spec/types.js';

/** SECCOMP_RET_* of linux/seccomp.h; the low 16 bits carry the errno. */
const actionNumbers: Readonly<Record<SeccompAction, number>> = {
	SCMP_ACT_KILL: 0x00000000,
	SCMP_ACT_KILL_THREAD: 0x00000000,
	SCMP_ACT_KILL_PROCESS: 0x80000000,
	SCMP_ACT_TRAP: 0x00030000,
	SCMP_ACT_ERRNO: 0x00050000,
	SCMP_ACT_NOTIFY: 0x7fc00000,
	SCMP_ACT_TRACE: 0x7ff00000,
	SCMP_ACT_LOG: 0x7ffc0000,
	SCMP_ACT_ALLOW: 0x7fff0000,
};

/** What a filter that knows a call only by its number can say about it: that it does not exist. */
export const noSuchCall = actionNumbers.SCMP_ACT_ERRNO + constants.errno.ENOSYS;

// The kernel cuts an errno to 4095 (MAX_ERRNO), and the field to 16 bits before: 65536 would report success.
const largest: Partial<Record<SeccompAction, number>> = { SCMP_ACT_ERRNO: 4095, SCMP_ACT_TRACE: 0xffff };

/**
 * The number the kernel knows an action by.
 *
 * @param errno what ERRNO and TRACE report; absent: EPERM
 * @param pointer of the errno, for the error
 * @throws ConfigError ERR_CONFIG_INVALID when the errno does not fit
 */
export function actionNumber(action: SeccompAction, errno: number | undefined, pointer: string): number {
	const limit = largest[action];
	if (limit === undefined) return actionNumbers[action];
	const data = errno ?? constants.errno.EPERM;
	if (data > limit) {
		const message = `must be from 0 to ${limit}, found ${data}`;
		throw new ConfigError('ERR_CONFIG_INVALID', 'config.json', [{ pointer, message }]);
	}
	return actionNumbers[action] + data;
}
