import { fromSystemError, native } from '../native/index.js';

/**
 * Has this process adopt what the container leaves behind (PR_SET_CHILD_SUBREAPER).
 *
 * @throws TsrunError ERR_SYSTEM
 */
export function becomeSubreaper(): void {
	try {
		native().setSubreaper(true);
	} catch (error) {
		throw fromSystemError(error, 'adopt the processes that the container leaves behind');
	}
}
