import { readTextFileIfThere } from '../os/index.js';
import type { ContainerRecord } from './record.js';

/**
 * Whether the container's own cgroup was told to freeze. A freeze of a cgroup above does not count: `resume` could
 * not end it.
 */
export function isFrozen({ v1, v2 }: ContainerRecord['cgroup']['paths']): boolean {
	const freezer = v1?.['freezer'];
	if (freezer !== undefined) return read(`${freezer}/freezer.self_freezing`) === '1';
	// The unified hierarchy of a hybrid machine has cgroup.freeze as well, and it works there (Linux 5.2).
	return v2 !== undefined && read(`${v2}/cgroup.freeze`) === '1';
}

const read = (path: string): string | undefined => readTextFileIfThere(path, { maxBytes: 4096 })?.trim();
