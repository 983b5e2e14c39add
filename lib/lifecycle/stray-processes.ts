import type { PlanWarning } from '../plan/plan.js';
import type { ContainerRecord } from '../state/index.js';

/**
 * What there is to say when nothing holds the processes of a container together: without a cgroup they cannot be told from
 * others, and without a pid namespace of their own they do not end with the first one.
 *
 * @param record of a container that is complete; undefined comes back where `kill` and `delete` find all of it
 */
export function strayProcessesWarning({ cgroup, namespaces }: ContainerRecord): PlanWarning | undefined {
	const { v2, v1 = {} } = cgroup.paths;
	const held = v2 !== undefined || Object.keys(v1).length > 0 || cgroup.manager === 'disabled';
	if (held || namespaces.some(({ type, path }) => type === 'pid' && path === undefined)) return undefined;
	return {
		message:
			'the container has no cgroup and no pid namespace of its own. Such configuration is strongly discouraged: its processes outlive it, and nothing can find them to kill them',
		pointer: '/linux/namespaces',
	};
}
