import { allDirectories, type CgroupDirectories } from '../cgroup-path.js';
import type { Shape } from '../shape.js';
import { host, type Step } from '../step.js';

/** The container's cgroup, made before there is a process to put in it. */
export function* cgroupStage(shape: Shape, cgroup: CgroupDirectories | null): Generator<Step> {
	if (cgroup === null) return;
	const directories = allDirectories(cgroup);
	if (directories.length === 0) return;
	const pointer = shape.spec.linux?.cgroupsPath === undefined ? '' : '/linux/cgroupsPath';
	yield host('create_cgroup', { directories }, pointer);
}

/** The process enters every hierarchy before it may do anything of its own. */
export function* enterStage(directories: readonly string[]): Generator<Step> {
	if (directories.length > 0) yield host('enter_cgroup', { directories });
}
