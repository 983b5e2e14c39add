import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Path of a statically linked busybox, or undefined: a dynamic one would look for its libc inside the container. */
export function findBusybox(): string | undefined {
	return ['/bin/busybox', '/usr/bin/busybox', '/usr/bin/busybox.static'].find(isStatic);
}

function isStatic(path: string): boolean {
	if (!existsSync(path)) return false;
	// ldd fails, or names no file, for a program that needs no library.
	const { stdout } = spawnSync('ldd', [path], { encoding: 'utf8' });
	return !stdout.includes('=>');
}
