import { parseCpuList } from '../../plan/number-list.js';
import type { CgroupPaths } from '../freezer.js';
import { readValue } from '../value.js';
import { controllerDirectory } from './controller-directory.js';

/** Where a container may run. */
export interface CpusetStats {
	/** Processors. */
	readonly cpus: readonly number[];
	/** Memory nodes. */
	readonly mems: readonly number[];
	/** The switches of v1 by their file names without `cpuset.`; empty on v2. */
	readonly switches: Readonly<Partial<Record<CpusetSwitch, number>>>;
}

/** Names of the switches of cpuset on v1 (cpuset(7)). */
export const cpusetSwitches = [
	'cpu_exclusive',
	'mem_hardwall',
	'mem_exclusive',
	'memory_migrate',
	'memory_spread_page',
	'memory_spread_slab',
	'memory_pressure',
	'sched_load_balance',
	'sched_relax_domain_level',
] as const;

/** One of {@link cpusetSwitches}. */
export type CpusetSwitch = (typeof cpusetSwitches)[number];

export function cpusetStats(paths: CgroupPaths): CpusetStats | undefined {
	const place = controllerDirectory(paths, 'cpuset');
	if (place === undefined) return undefined;
	const { directory, version } = place;
	// v1 hierarchies that are mounted with `noprefix` have `cpus` (cpuset(7)); in v2 what holds is in another file.
	const read = (name: string) =>
		version === 2
			? readValue(`${directory}/cpuset.${name}.effective`)
			: (readValue(`${directory}/cpuset.${name}`) ?? readValue(`${directory}/${name}`));
	const cpus = read('cpus');
	const mems = read('mems');
	if (cpus === undefined || mems === undefined) return undefined;
	const switches = version === 2 ? [] : cpusetSwitches.map((name) => [name, Number(read(name) ?? 0)] as const);
	return { cpus: parseCpuList(cpus), mems: parseCpuList(mems), switches: Object.fromEntries(switches) };
}
