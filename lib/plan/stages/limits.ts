import type { CgroupDirectories } from '../cgroup-path.js';
import { compileLimits } from '../resources/compile-limits.js';
import { deviceRulesStage } from '../resources/devices.js';
import type { LimitGroup } from '../resources/limit.js';
import type { Shape } from '../shape.js';
import { host, type Step } from '../step.js';

/** The steps that linux.resources asks for, by the moment at which they are due. */
export interface LimitSteps {
	/** Controllers that these steps use in the unified hierarchy. */
	readonly enable: readonly string[];
	/** While nobody is in the cgroup: where a process may run, and whether it may be there at all. */
	readonly beforeEntry: readonly Step[];
	/**
	 * When the container is built: what building it takes is not the container's to pay for, a limit of one process
	 * leaves none for the helper's own fork, and a block device that is mounted need not be open to the container.
	 */
	readonly beforeProgram: readonly Step[];
}

const at = '/linux/resources';

/** @throws ConfigError ERR_HOST_UNSUPPORTED, as {@link compileLimits} and {@link deviceRulesStage} */
export function limitSteps(
	shape: Shape,
	cgroup: CgroupDirectories | null,
	warn: (message: string, pointer: string) => void,
): LimitSteps {
	const { facts, options, spec } = shape;
	const resources = spec.linux?.resources ?? {};
	const target = cgroup === null ? null : { layout: facts.cgroup, directories: cgroup };
	const { groups, controllers } = compileLimits({
		asked: resources,
		whole: resources,
		fresh: true,
		target,
		at,
		file: 'config.json',
		warn,
	});
	const powerless = options.rootless || facts.inUserNamespace;
	const devices =
		target === null ? [] : deviceRulesStage({ rules: resources.devices, target, at: `${at}/devices`, powerless, warn });
	return {
		// A unified hierarchy beside v1 is systemd's: there only what is asked for is turned on.
		enable: facts.cgroup.mode === 'unified' ? (facts.cgroup.unified?.controllers ?? []) : controllers,
		beforeEntry: groups.filter(({ beforeEntry }) => beforeEntry).map(limitStep),
		beforeProgram: [...groups.filter(({ beforeEntry }) => !beforeEntry).map(limitStep), ...devices],
	};
}

function limitStep({ writes }: LimitGroup): Step {
	return host('write_cgroup', { writes }, writes[0]?.pointer ?? at);
}
