import type { CgroupPaths } from '../freezer.js';
import { readValue } from '../value.js';
import { controllerDirectory } from './controller-directory.js';
import { parseCounter } from './counters.js';

/** What of one RDMA device is in use. */
export interface RdmaStats {
	/** Handles. */
	readonly handles: bigint;
	/** Objects. */
	readonly objects: bigint;
}

/** By the name of the device; those that are not used have no line. */
export function rdmaStats(paths: CgroupPaths): Record<string, RdmaStats> | undefined {
	const place = controllerDirectory(paths, 'rdma');
	const text = place === undefined ? undefined : readValue(`${place.directory}/rdma.current`);
	if (text === undefined) return undefined;
	const lines = text.split('\n').filter((line) => line !== '');
	return Object.fromEntries(lines.map(parseLine));
}

/** `mlx4_0 hca_handle=2 hca_object=2000`, Documentation/admin-guide/cgroup-v2.rst. */
function parseLine(line: string): [string, RdmaStats] {
	const [device = '', ...pairs] = line.split(' ');
	const count = (key: string) =>
		parseCounter(pairs.find((pair) => pair.startsWith(`${key}=`))?.slice(key.length + 1) ?? '') ?? 0n;
	return [device, { handles: count('hca_handle'), objects: count('hca_object') }];
}
