import { resolve } from 'node:path';
import type { Mount, Written } from '../spec/index.js';
import type { SpecChange } from './change.js';
import { bytesOf, type Size } from './size.js';

/** A mount as config.json has it, after those that are there. */
export function mount(entry: Written<Mount>): SpecChange {
	return (spec) => ({ ...spec, mounts: [...(spec.mounts ?? []), entry] });
}

/** How a directory or file of the host is shown. */
export interface BindOptions {
	/** It can be written in the container. Default: false. */
	readonly writable?: boolean | undefined;
	/** What is mounted below it is there too, and read-only with it, which takes Linux 5.12. Default: true. */
	readonly recursive?: boolean | undefined;
	/** Programs can be executed from it. Default: true. */
	readonly executable?: boolean | undefined;
}

/**
 * A directory or file of the host, in the container.
 *
 * @param source relative to the current directory
 * @param destination absolute, inside the container
 */
export function bind(source: string, destination: string, options: BindOptions = {}): SpecChange {
	const { writable = false, recursive = true, executable = true } = options;
	// What is mounted below `source` is to be as read-only as it is: `rro` says so for all of it (Linux 5.12).
	const access = writable ? [] : [recursive ? 'rro' : 'ro'];
	return mount({
		destination,
		type: 'none',
		source: resolve(source),
		options: [recursive ? 'rbind' : 'bind', 'nosuid', 'nodev', ...(executable ? [] : ['noexec']), ...access],
	});
}

/** How a directory in memory is made. */
export interface TmpfsOptions {
	/** The most that it holds. Default: half of the machine's memory, as the kernel has it; a memory limit counts it. */
	readonly size?: Size | undefined;
	/** Permission bits. Default: 0o1777, for everybody. */
	readonly mode?: number | undefined;
}

/**
 * A directory in memory that is empty, can be written, and is gone with the container.
 *
 * @param destination absolute, inside the container
 * @throws TsrunError ERR_ARGUMENT
 */
export function tmpfs(destination: string, { size, mode = 0o1777 }: TmpfsOptions = {}): SpecChange {
	const limit = size === undefined ? [] : [`size=${bytesOf(size)}`];
	const options = ['nosuid', 'nodev', `mode=${mode.toString(8)}`, ...limit];
	return mount({ destination, type: 'tmpfs', source: 'tmpfs', options });
}
