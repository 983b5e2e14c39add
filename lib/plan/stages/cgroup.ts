import type { Shape } from '../shape.js';
import { type HostOperations, host, type Step } from '../step.js';

/**
 * The container's cgroup, made before there is a process to put in it.
 *
 * @param enable controllers that its directory in the unified hierarchy is to have
 */
export function* cgroupStage(shape: Shape, directories: readonly string[], enable: readonly string[]): Generator<Step> {
	if (directories.length === 0) return;
	const asked = shape.spec.linux?.cgroupsPath !== undefined;
	// A user without a delegated cgroup gets containers all the same, as long as nothing is asked of their cgroup.
	const optional = shape.options.rootless && !asked;
	yield host('create_cgroup', { directories, enable, optional }, asked ? '/linux/cgroupsPath' : '');
}

/**
 * The process enters every hierarchy before it may do anything of its own.
 *
 * @param unit whose cgroup it is in the hierarchy of `directory`
 */
export function* enterStage(
	directories: readonly string[],
	unit?: HostOperations['enter_cgroup']['unit'],
): Generator<Step> {
	if (directories.length > 0) yield host('enter_cgroup', { directories, ...(unit === undefined ? {} : { unit }) });
}
