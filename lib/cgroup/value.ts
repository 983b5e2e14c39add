import { closeSync, constants, openSync, readFileSync, writeSync } from '../native/files.js';
import { errnoOf } from '../os/index.js';

/**
 * Writes one value to a file of a cgroup by one write(2). The file is not created: where there is none, the error is
 * ENOENT, and not the EACCES that O_CREAT gets in a cgroup file system.
 */
export function writeValue(file: string, value: string): void {
	const fd = openSync(file, constants.O_WRONLY | constants.O_NOFOLLOW);
	try {
		writeSync(fd, value);
	} finally {
		closeSync(fd);
	}
}

/** The text of a file of a cgroup; undefined where the kernel has no such file, or none that can be read. */
export function readValue(file: string): string | undefined {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		const errno = errnoOf(error);
		// ENODEV: the cgroup was removed. EACCES, EINVAL: files like cgroup.kill, which can only be written.
		if (errno === 'ENOENT' || errno === 'ENODEV' || errno === 'EACCES' || errno === 'EINVAL') return undefined;
		throw error;
	}
}
