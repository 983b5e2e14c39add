import { ConfigError, type ConfigFault } from '../../errors/index.js';
import type { Resources } from '../../spec/types.js';
import { blockIOLimits } from './block-io.js';
import { controllerPlace, type LimitTarget, missingController } from './controller-place.js';
import { cpuLimits } from './cpu.js';
import { cpusetLimits } from './cpuset.js';
import { hugetlbLimits } from './hugetlb.js';
import type { LimitCompiler, LimitGroup, LimitRequest } from './limit.js';
import { memoryLimits } from './memory.js';
import { networkLimits } from './network.js';
import { pidsLimits } from './pids.js';
import { rdmaLimits } from './rdma.js';
import { unifiedFiles } from './unified.js';

/** In the order in which their values are written, each with the member that it is about. */
const compilers: readonly (readonly [keyof Resources, LimitCompiler])[] = [
	['cpu', cpusetLimits],
	['pids', pidsLimits],
	['memory', memoryLimits],
	['blockIO', blockIOLimits],
	['cpu', cpuLimits],
	['hugepageLimits', hugetlbLimits],
	['rdma', rdmaLimits],
	['network', networkLimits],
	['unified', unifiedFiles],
];

/** What the limits of a container are compiled from. */
export interface LimitSources {
	readonly asked: Resources;
	readonly whole: Resources;
	/** The cgroup was just made. */
	readonly fresh: boolean;
	/** null: the container has no cgroup of its own. */
	readonly target: LimitTarget | null;
	/** JSON pointer of the resources, and the name of the text they stand in. */
	readonly at: string;
	readonly file: string;
	readonly warn: (message: string, pointer: string) => void;
}

export interface CompiledLimits {
	readonly groups: readonly LimitGroup[];
	/** Controllers that they use in the unified hierarchy. */
	readonly controllers: readonly string[];
}

/**
 * Every write to a file of the cgroup that `asked` takes, in the order in which they belong; device rules, which are no
 * limits, have a stage of their own. Pure.
 *
 * Members for which cgroup v2 has nothing are refused (config-linux.md, "Unified": "If the conversion is not possible the
 * runtime MUST generate an error"), as crun does; engines leave them out there by themselves. What no kernel has any more,
 * of whatever version (kernel memory), is a warning, since old engines send it.
 *
 * @throws ConfigError ERR_HOST_UNSUPPORTED with everything for which this machine lacks something
 */
export function compileLimits({ asked, whole, fresh, target, at, file, warn }: LimitSources): CompiledLimits {
	const faults: ConfigFault[] = [];
	const controllers = new Set<string>();
	const refuse = (message: string, pointer: string) => {
		const fault = { pointer: at + pointer, message };
		// One missing controller is one fault, however many limits it has.
		if (!faults.some((known) => known.message === message)) faults.push(fault);
	};
	const request: LimitRequest = {
		asked,
		whole,
		fresh,
		mode: target?.layout.mode ?? 'none',
		place: (controller, pointer) => {
			const place = target === null ? undefined : controllerPlace(target, controller);
			if (place?.version === 2) controllers.add(controller);
			if (place !== undefined) return place;
			refuse(target === null ? withoutCgroup : missingController(target.layout, controller), pointer);
			return undefined;
		},
		unifiedDirectory: (name, pointer) => {
			const found = target === null ? withoutCgroup : unifiedDirectory(target, name);
			if (typeof found === 'object') {
				if (found.controller !== undefined) controllers.add(found.controller);
				return found.directory;
			}
			refuse(found, pointer);
			return undefined;
		},
		warn: (message, pointer) => warn(message, at + pointer),
		refuse,
	};
	const groups = compilers.flatMap(([member, compile]) => (asked[member] === undefined ? [] : [...compile(request)]));
	if (faults.length > 0) throw new ConfigError('ERR_HOST_UNSUPPORTED', file, faults);
	return {
		groups: groups.map(({ writes, beforeEntry }) => ({
			writes: writes.map((one) => ({ ...one, pointer: at + one.pointer })),
			beforeEntry,
		})),
		controllers: [...controllers],
	};
}

const withoutCgroup = 'there is no cgroup to limit: the container was to have none of its own';

interface UnifiedPlace {
	readonly directory: string;
	/** Absent for files that every cgroup has. */
	readonly controller?: string;
}

function unifiedDirectory({ layout, directories }: LimitTarget, name: string): UnifiedPlace | string {
	const { unified: directory } = directories;
	if (directory === undefined) {
		return 'invalid configuration: needs cgroup v2, which is not mounted here; use the other members of resources on cgroup v1';
	}
	const [controller = '', parameter] = name.split('.');
	if (parameter === undefined) return 'is no file of cgroup v2: their names are CONTROLLER.PARAMETER';
	const held = layout.unified?.controllers ?? [];
	if (held.includes(controller)) return { directory, controller };
	// Pressure files (PSI, Linux 4.20) bear the names of controllers and need none.
	if (controller === 'cgroup' || parameter === 'pressure') return { directory };
	const legacy = layout.v1.some(({ controllers }) => controllers.includes(controller === 'io' ? 'blkio' : controller));
	const where = legacy ? 'it is mounted as v1' : `the controllers there are ${held.join(', ') || 'none'}`;
	return `invalid configuration: needs the controller ${controller} in cgroup v2: ${where}`;
}
