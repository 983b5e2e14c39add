import { ConfigError } from '../../../../lib/errors/index.js';
import type { CgroupLayout } from '../../../../lib/host/cgroup-layout.js';
import { cgroupDirectories } from '../../../../lib/plan/cgroup-path.js';
import { compileLimits, type LimitSources } from '../../../../lib/plan/resources/compile-limits.js';
import type { Resources } from '../../../../lib/spec/index.js';

const hierarchy = (mount: string, controllers: readonly string[]) => ({ mount, root: '/', own: '/', controllers });
const v1Names = [
	'cpuset',
	'cpu',
	'cpuacct',
	'memory',
	'devices',
	'freezer',
	'blkio',
	'pids',
	'hugetlb',
	'rdma',
	'net_cls',
	'net_prio',
];

/** Each v1 controller mounted by itself, below /v1. */
export const legacy: CgroupLayout = {
	mode: 'legacy',
	v1: v1Names.map((name) => hierarchy(`/v1/${name}`, [name])),
};

export const unified: CgroupLayout = {
	mode: 'unified',
	unified: hierarchy('/v2', ['cpuset', 'cpu', 'io', 'memory', 'hugetlb', 'pids', 'rdma']),
	v1: [],
};

/** A unified hierarchy with hugetlb alone beside v1. */
export const hybrid: CgroupLayout = {
	mode: 'hybrid',
	unified: hierarchy('/v2', ['hugetlb']),
	v1: ['cpu', 'memory', 'pids'].map((name) => hierarchy(`/v1/${name}`, [name])),
};

export interface Outcome {
	/** `file below the container's directory = value`; writes that wait for each other stand in one array. */
	readonly groups: readonly (readonly string[])[];
	readonly early: readonly string[];
	readonly controllers: readonly string[];
	/** `pointer: message` */
	readonly warnings: readonly string[];
	readonly faults: readonly string[];
}

/** What limits become in a layout; `/c` is the container's cgroup, so that files are `/v1/cpu/c/cpu.shares`. */
export function compiled(
	layout: CgroupLayout | null,
	asked: Resources,
	more: Partial<Pick<LimitSources, 'whole' | 'fresh'>> = {},
): Outcome {
	const warnings: string[] = [];
	const target = layout === null ? null : { layout, directories: cgroupDirectories(layout, 'id', '/c') };
	try {
		const { groups, controllers } = compileLimits({
			asked,
			whole: asked,
			fresh: true,
			target,
			at: '/at',
			file: 'config.json',
			warn: (message, pointer) => warnings.push(`${pointer}: ${message}`),
			...more,
		});
		const text = ({ file, value }: { file: string; value: string }) => `${file} = ${value}`;
		return {
			groups: groups.map(({ writes }) => writes.map(text)),
			early: groups.filter(({ beforeEntry }) => beforeEntry).flatMap(({ writes }) => writes.map(text)),
			controllers,
			warnings,
			faults: [],
		};
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		const faults = error.faults.map(({ pointer, message }) => `${pointer}: ${message}`);
		return { groups: [], early: [], controllers: [], warnings, faults };
	}
}

/** The writes alone, in their order. */
export function writes(...request: Parameters<typeof compiled>): readonly string[] {
	const { groups, faults } = compiled(...request);
	return [...groups.flat(), ...faults];
}
