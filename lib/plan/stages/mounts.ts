import { absolutePath } from '../../paths.js';
import type { Mount } from '../../spec/types.js';
import type { MountOptions } from '../mount-options.js';
import type { PlannedMount } from '../planned-mount.js';
import type { Shape } from '../shape.js';
import { barriers, host, init, type Step } from '../step.js';
import { mountAttributes } from '../tables/mount-options.js';
import { bindFlags, mountFlags } from '../tables/operation-flags.js';
import { cgroupMount, isCgroupTree } from './cgroup-mount.js';
import { idMapOf } from './mapped-mount.js';
import { labelledOptions, labelSteps } from './mount-label.js';
import { treePropagation } from './root.js';

/** The trees that the host opens or makes before init exists. */
export function* sourceStage(shape: Shape): Generator<Step> {
	for (const planned of shape.mounts) {
		const { mount, options, pointer, tree, bind, source, mapped } = planned;
		if (tree === null) continue;
		if (!bind) {
			const idmap = idMapOf(shape, mount, options);
			yield host('new_mount', { slot: tree, ...newFileSystem(shape, planned), idmap }, pointer);
			continue;
		}
		yield host(
			'open_tree',
			{
				slot: tree,
				source,
				recursive: options.recursiveBind,
				follow: !options.sourceNoFollow,
				idmap: mapped ? idMapOf(shape, mount, options) : null,
			},
			`${pointer}/source`,
		);
	}
}

/** One mount of the config. */
export function* mountStage(
	shape: Shape,
	planned: PlannedMount,
	warn: (message: string, pointer: string) => void,
): Generator<Step> {
	yield* mountSteps(shape, planned);
	const { options, pointer, bind } = planned;
	// The kernel ignores them without a word: a bind mount shows a file system that has its options already.
	if (bind && options.data.length > 0) {
		const left = options.data.join(', ');
		warn(`a bind mount leaves the options of the file system as they are: ${left}`, `${pointer}/options`);
	}
}

/** What could not be read-only before everything below it was made. */
export function* sealStage(shape: Shape): Generator<Step> {
	for (const planned of shape.mounts) {
		if (!sealedLater(shape, planned)) continue;
		const { mount, pointer } = planned;
		yield init(
			'remount',
			{
				destination: mount.destination,
				options: [],
				set: mountAttributes.readonly,
				clear: 0n,
				rec_set: 0n,
				rec_clear: 0n,
				propagation: [],
			},
			`${pointer}/options`,
		);
	}
}

// Other mounts and the default devices need directories and files inside a tmpfs and /dev, which runc, too, makes
// read-only last.
function sealedLater(shape: Shape, { mount, options, bind }: PlannedMount): boolean {
	if (options.remount || (options.set & mountAttributes.readonly) === 0n) return false;
	if (absolutePath('/', mount.destination) === '/dev') return true;
	return !bind && (mount.type === 'tmpfs' || isCgroupTree(shape, mount));
}

function* mountSteps(shape: Shape, planned: PlannedMount): Generator<Step> {
	const { mount, options, pointer, bind, source, mapped, tree, inside } = planned;
	const attributes = {
		destination: mount.destination,
		set: sealedLater(shape, planned) ? options.set & ~mountAttributes.readonly : options.set,
		clear: options.clear,
		rec_set: options.recursiveSet,
		rec_clear: options.recursiveClear,
		propagation: options.propagation,
	};
	if (options.remount) {
		// `ro` is not among them: of a file system of the host it would be `ro` for the host too.
		yield init('remount', { ...attributes, options: bind ? [] : options.data }, pointer);
	} else if (bind) {
		const sourceFlags =
			(options.recursiveBind ? bindFlags.recursive : 0) |
			(options.sourceNoFollow ? bindFlags.sourceNoFollow : 0) |
			(inside ? bindFlags.sourceInside : 0);
		const shown = inside && mapped;
		if (shown) {
			yield init('show_tree', { source, flags: sourceFlags }, `${pointer}/source`);
			yield init('barrier', { id: barriers.shown });
			yield host('map_tree', { source, idmap: idMapOf(shape, mount, options) }, `${pointer}/source`);
			yield host('release', { id: barriers.shown });
		}
		const flags =
			sourceFlags |
			(shown ? bindFlags.treeShown : 0) |
			(options.destinationNoFollow ? bindFlags.destinationNoFollow : 0) |
			(absolutePath('/', mount.destination).startsWith('/proc/') ? bindFlags.insideProc : 0);
		const clear = options.clear | unstatedFlags(shape, options);
		// The host's tree is a peer of its source yet: what the container mounts in it would be mounted on the host.
		const isPeer = tree !== null || shape.mountsOnHost;
		const propagation = isPeer ? [treePropagation(shape), ...options.propagation] : options.propagation;
		yield init('bind', { ...attributes, clear, propagation, source, fallback: '', tree, flags }, pointer);
	} else if (mount.type === 'cgroup' || mount.type === 'cgroup2') {
		yield* cgroupMount(shape, mount, options, attributes, pointer);
	} else if (tree !== null) {
		// The root directory has the mode that its own options give it: it belongs to others than what it hides.
		const flags = fileSystemFlags(mount, options) & ~mountFlags.keepMode;
		yield init('place_mount', { ...attributes, tree, flags }, pointer);
	} else {
		const flags = fileSystemFlags(mount, options);
		yield init('mount', { ...attributes, ...newFileSystem(shape, planned), flags, fallback: '' }, pointer);
		yield* labelSteps(shape, mount);
	}
}

function newFileSystem(shape: Shape, planned: PlannedMount) {
	const { mount, options } = planned;
	return {
		type: mount.type ?? 'none',
		source: mount.source ?? mount.type ?? 'none',
		options: labelledOptions(shape, mount, [...superblockFlags(shape, planned), ...options.data]),
	};
}

/**
 * What is cleared on a bind mount without being named. Who states one flag states them all, as with mount(8)'s
 * `remount,bind`: runc and crun do so, and programs are run from volumes whose host mount is noexec. The access time is
 * left as it is. In a user namespace other than the first the flags of the mount's origin are locked (mount_namespaces(7)),
 * nosymfollow excepted.
 */
function unstatedFlags({ inUserNamespace, facts }: Shape, { set, clear, recursiveSet }: MountOptions): bigint {
	if ((set | clear) === 0n) return 0n;
	const { readonly, nosuid, nodev, noexec, nosymfollow } = mountAttributes;
	const lockable = inUserNamespace || facts.inUserNamespace ? 0n : readonly | nosuid | nodev | noexec;
	return (nosymfollow | lockable) & ~(set | recursiveSet);
}

function superblockFlags(shape: Shape, planned: PlannedMount): string[] {
	const readonly = (planned.options.set & mountAttributes.readonly) !== 0n && !sealedLater(shape, planned);
	return readonly ? ['ro'] : [];
}

function fileSystemFlags(mount: Mount, options: MountOptions): number {
	// CVE-2019-19921, CVE-2023-28642: a symlink of the image at /proc or /sys leads labels and masks elsewhere.
	const realDirectory = mount.type === 'proc' || mount.type === 'sysfs';
	const inheritMode = mount.type === 'tmpfs' && !options.data.some((option) => option.startsWith('mode='));
	return (
		(options.copyUp ? mountFlags.copyUp : 0) |
		(realDirectory ? mountFlags.noSymlinks : 0) |
		(inheritMode ? mountFlags.keepMode : 0) |
		(options.destinationNoFollow ? mountFlags.noFollow : 0)
	);
}
