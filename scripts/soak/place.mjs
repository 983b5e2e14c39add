import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

// linux/magic.h
const tmpfsMagic = 0x01021994;

/**
 * Where the records of so many containers are to be kept: in memory, as in /run of a machine that has booted. On a disk a cycle waits for
 * the disk: the removal of a file for its write-back, and with the mount option discard for the device.
 */
export function placeOfState() {
	const inMemory = (path) => existsSync(path) && statfsSync(path).type === tmpfsMagic;
	return ['/run', '/dev/shm'].find(inMemory) ?? tmpdir();
}
