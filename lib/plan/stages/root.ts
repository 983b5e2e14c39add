import type { Shape } from '../shape.js';
import { host, init, type Step } from '../step.js';
import { propagationFlags } from '../tables/mount-options.js';
import { changeRootMethods, chdirAttempts } from '../tables/operation-flags.js';

/** Before there is a process: the mounts that a container without a mount namespace has are to be taken away with it. */
export function* hostMountsStage({ mountsOnHost, rootfs }: Shape): Generator<Step> {
	if (mountsOnHost) yield host('expect_mounts', { rootfs }, '/mounts');
}

/** The root file system is bound on itself in a mount tree that the host no longer hears from. */
export function* rootfsStage(shape: Shape): Generator<Step> {
	if (shape.mountsOnHost) {
		// What the host has mounted stays as it is; nothing that is mounted below the root is seen anywhere else.
		yield init('rootfs', { path: shape.rootfs, parent: 0n }, '/root/path');
		return;
	}
	const asked = shape.spec.linux?.rootfsPropagation;
	yield init('propagation', { flags: treePropagation(shape) }, asked === undefined ? '' : '/linux/rootfsPropagation');
	const parent = asked === 'slave' || asked === 'rslave' ? propagationFlags.slave : propagationFlags.private;
	yield init('rootfs', { path: shape.rootfs, parent }, '/root/path');
}

/** What becomes of everything the host has mounted, as the container sees it. */
export function treePropagation({ spec }: Shape): bigint {
	const asked = spec.linux?.rootfsPropagation;
	// With `shared` the bind mounts of the container have to stay in the peer groups of their sources, or a mount made
	// inside would never be seen outside; with anything else the host must not see what is mounted from here on.
	const { recursive, shared, private: alone, slave } = propagationFlags;
	if (asked === 'shared' || asked === 'rshared') return shared | recursive;
	return (asked === 'private' || asked === 'rprivate' ? alone : slave) | recursive;
}

export function* changeRootStage(shape: Shape): Generator<Step> {
	const { spec } = shape;
	if (!shape.hasMountNamespace && !shape.mountsOnHost) {
		yield enterRootDirectory(shape.rootfs);
		yield chrootHere();
		return;
	}
	yield init('change_root', { method: changeRootMethod(shape) }, '/root/path');
	const asked = spec.linux?.rootfsPropagation;
	if (asked !== undefined) {
		yield init('root_propagation', { flags: propagationOf(asked) }, '/linux/rootfsPropagation');
	}
	if (spec.root.readonly === true) yield init('readonly_root', {}, '/root/readonly');
}

function changeRootMethod({ mountsOnHost, options }: Shape): number {
	// Any other takes the host's root along.
	if (mountsOnHost) return changeRootMethods.chroot;
	return options.pivot ? changeRootMethods.pivot : changeRootMethods.move;
}

/** Where a container shares the mount namespace of the runtime, its root is a directory to go to, and then to stay below. */
export function enterRootDirectory(rootfs: string): Step {
	return init('chdir', { path: rootfs, attempt: chdirAttempts.mustSucceed }, '/root/path');
}

export function chrootHere(): Step {
	return init('change_root', { method: changeRootMethods.chroot }, '/root/path');
}

function propagationOf(name: NonNullable<NonNullable<Shape['spec']['linux']>['rootfsPropagation']>): bigint {
	const recursive = name === 'rprivate' || name === 'rshared' || name === 'rslave' || name === 'runbindable';
	const kind = (recursive ? name.slice(1) : name) as 'private' | 'shared' | 'slave' | 'unbindable';
	return propagationFlags[kind] | (recursive ? propagationFlags.recursive : 0n);
}
