import { TsrunError } from '../errors/index.js';

/**
 * Checks the id of a container. It becomes the name of a directory, hence the limit of 255 (bytes: all are ASCII)
 * and no `.` or `..`; the characters are those every other runtime takes.
 *
 * @throws TsrunError ERR_ID_INVALID
 */
export function checkContainerId(id: string): void {
	if (id.length <= 255 && id !== '.' && id !== '..' && /^[A-Za-z0-9_+.-]+$/.test(id)) return;
	const shown = JSON.stringify(id.length > 60 ? `${id.slice(0, 60)}...` : id);
	throw new TsrunError('ERR_ID_INVALID', `invalid container ID format: ${shown}`, {
		hint: 'An id has letters, digits, "_", "+", "." and "-", at most 255 of them, and is not "." or "..".',
	});
}
