import { execFileSync, spawnSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Requirement } from './requirement.js';
import { scratch } from './scratch.js';

export const loopDevices: Requirement = {
	what: 'loop devices',
	met: () => spawnSync('losetup', ['--find'], { stdio: 'ignore' }).status === 0,
};

/** Programs that PATH has: all of them. */
export function programs(...names: readonly string[]): Requirement {
	return {
		what: names.join(' and '),
		met: () => names.every((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined),
	};
}

/** A block device of the host with a file system in it, for as long as this object is in scope. */
export interface LoopDevice extends Disposable {
	readonly path: string;
}

/**
 * Makes a file system in a file, and a block device of that.
 *
 * @param make words of the program that makes it; it is given the file as the last word, empty and of the size
 * @param size bytes; a file that the program fills itself begins with 0
 */
export function loopDevice(make: readonly string[], size: number): LoopDevice {
	const image = join(scratch('image'), 'image');
	writeFileSync(image, '');
	truncateSync(image, size);
	const [program = '', ...words] = make;
	execFileSync(program, [...words, image], { stdio: 'ignore' });
	const path = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
	return { path, [Symbol.dispose]: () => void execFileSync('losetup', ['--detach', path]) };
}
