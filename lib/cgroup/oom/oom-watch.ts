import type { CgroupPaths } from '../freezer.js';
import { controllerDirectory } from '../stats/controller-directory.js';
import { LegacyOomWatch } from './legacy-oom-watch.js';
import { UnifiedOomWatch } from './unified-oom-watch.js';

/** Hears of it from the kernel when memory runs out in a cgroup; nothing is polled. */
export interface OomWatch extends Disposable {
	/** How often it has happened since the last call. Also counts what there was no call for yet. */
	take(): number;
}

/**
 * Watches the memory of a container.
 *
 * @param onEvent called when it may be worth to {@link OomWatch.take}
 * @returns undefined where the container's cgroup has no memory controller
 * @throws TsrunError ERR_CGROUP when the kernel refuses the watch
 */
export function watchOom(paths: CgroupPaths, onEvent: () => void): OomWatch | undefined {
	const place = controllerDirectory(paths, 'memory');
	if (place === undefined) return undefined;
	if (place.version === 1) return new LegacyOomWatch(place.directory, onEvent);
	return UnifiedOomWatch.open(place.directory, onEvent);
}
