import { type MountInfo, parseMountInfo } from '../../lib/os/index.js';
import type { Config, ConfigMount } from './config.js';
import { inside, type RunOptions } from './inside.js';

/**
 * What a container sees of its mounts.
 *
 * @param edit changes the configuration; see {@link withMounts}
 */
export async function mountsInside(edit: (config: Config) => void, options: RunOptions = {}): Promise<MountInfo[]> {
	return parseMountInfo(await inside('cat /proc/self/mountinfo', edit, options));
}

/** The mount at a place: the topmost, where there are several. */
export function mountAt(mounts: readonly MountInfo[], place: string): MountInfo {
	const found = mounts.findLast(({ mountPoint }) => mountPoint === place);
	if (found === undefined) throw new Error(`nothing is mounted on ${place}`);
	return found;
}

/** Adds mounts to a configuration. */
export function withMounts(...mounts: ConfigMount[]): (config: Config) => void {
	return (config) => void config.mounts.push(...mounts);
}
