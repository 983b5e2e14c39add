import { absolutePath } from '../../paths.js';
import type { CgroupDirectories } from '../cgroup-path.js';
import type { Shape } from '../shape.js';
import { type HostOperations, host, type Step } from '../step.js';
import { mountAttributes } from '../tables/mount-options.js';

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

/**
 * Gives the cgroup to the user that the container's process is (config-linux.md, "Cgroup ownership"): where it is of its
 * own cgroup namespace, mounted to be written to, and in the unified hierarchy, since in v1 delegation is not safe.
 */
export function* delegateStage(shape: Shape, cgroup: CgroupDirectories | null): Generator<Step> {
	const { facts, spec, created } = shape;
	const mount = shape.mounts.find(({ mount: { destination, type, source }, options }) => {
		if (type !== 'cgroup' && type !== 'cgroup2' && source !== 'cgroup') return false;
		const readonly = ((options.set | options.recursiveSet) & mountAttributes.readonly) !== 0n;
		return absolutePath('/', destination) === '/sys/fs/cgroup' && !readonly;
	});
	if (mount === undefined || !created.has('cgroup') || facts.cgroup.mode !== 'unified') return;
	const uid = hostUid(shape, spec.process?.user.uid ?? 0);
	// What a user makes belongs to that user, who cannot give anything away.
	if (cgroup?.unified === undefined || uid === undefined || uid === facts.euid || facts.euid !== 0) return;
	yield host('chown_cgroup', { directory: cgroup.unified, uid }, mount.pointer);
}

/** What the runtime calls the container's `uid`; undefined where only a namespace made by somebody else knows. */
function hostUid({ spec, created, joined }: Shape, uid: number): number | undefined {
	if (joined.has('user')) return undefined;
	if (!created.has('user')) return uid;
	const entry = (spec.linux?.uidMappings ?? []).find(
		({ containerID, size }) => uid >= containerID && uid - containerID < size,
	);
	return entry === undefined ? undefined : entry.hostID + (uid - entry.containerID);
}
