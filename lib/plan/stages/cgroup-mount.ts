import type { Mount } from '../../spec/types.js';
import { type CgroupDirectories, controllerKeys, ownDirectories } from '../cgroup-path.js';
import type { MountOptions } from '../mount-options.js';
import { cgroupOf, type Shape } from '../shape.js';
import { type InitStep, init, type Step } from '../step.js';
import { mountAttributes } from '../tables/mount-options.js';
import { bindFlags, mountFlags } from '../tables/operation-flags.js';

type Attributes = Pick<
	Extract<InitStep, { operation: 'bind' }>['args'],
	'destination' | 'set' | 'clear' | 'rec_set' | 'rec_clear' | 'propagation'
>;

/** A mount of type `cgroup`: the hierarchy or hierarchies of the host, as the container may see them. */
export function* cgroupMount(
	shape: Shape,
	mount: Mount,
	options: MountOptions,
	attributes: Attributes,
	pointer: string,
): Generator<Step> {
	if (isCgroupTree(shape, mount)) yield* legacyMounts(shape, options, attributes, pointer);
	else yield* unifiedMount(shape, attributes, options.data, pointer);
}

/** Whether a mount is of several hierarchies, in a tmpfs that holds a directory for each. */
export function isCgroupTree(shape: Shape, mount: Mount): boolean {
	return mount.type === 'cgroup' && shape.facts.cgroup.mode !== 'unified';
}

function isNamespaced({ created, joined }: Shape): boolean {
	return created.has('cgroup') || joined.has('cgroup');
}

function* unifiedMount(
	shape: Shape,
	attributes: Attributes,
	options: readonly string[],
	pointer: string,
): Generator<Step> {
	const namespaced = isNamespaced(shape);
	const hosts = shape.facts.cgroup.unified?.mount;
	if (!namespaced && hosts !== undefined && options.length === 0) {
		// A mount of cgroup2 from the first cgroup namespace sets the options of the whole hierarchy anew: one without
		// nsdelegate and memory_recursiveprot takes them from the host (cgroup_init_fs_context, apply_cgroup_root_flags).
		// CVE-2023-25809: what is read-only has to be so in all of the host's tree.
		const rec_set = attributes.rec_set | (attributes.set & mountAttributes.readonly);
		const flags = bindFlags.recursive;
		yield init('bind', { ...attributes, rec_set, source: hosts, fallback: '', tree: null, flags }, pointer);
		return;
	}
	// Where the kernel refuses a mount of cgroup2 (a user namespace without a cgroup namespace of its own), the tree of
	// the host is bound: the container's part of it if that is all a cgroup namespace would have shown.
	const fallback = namespaced ? containersOwn(shape).unified : hosts;
	yield init(
		'mount',
		{
			...attributes,
			type: 'cgroup2',
			source: 'cgroup',
			options,
			flags: mountFlags.cgroup2,
			fallback: fallback ?? '',
		},
		pointer,
	);
}

// v1: a tmpfs with one directory per hierarchy, and a link for each controller that is mounted together with others.
function* legacyMounts(shape: Shape, options: MountOptions, attributes: Attributes, pointer: string): Generator<Step> {
	const { cgroup } = shape.facts;
	const namespaced = isNamespaced(shape);
	const { v1 } = containersOwn(shape);
	const callers = ownDirectories(cgroup).v1;
	const root = attributes.destination.replace(/\/+$/, '');
	const protect = mountAttributes.nosuid | mountAttributes.nodev | mountAttributes.noexec;
	const readonly = options.set & mountAttributes.readonly;
	yield init(
		'mount',
		{ ...attributes, type: 'tmpfs', source: 'tmpfs', options: ['mode=755'], flags: 0, fallback: '' },
		pointer,
	);
	for (const hierarchy of cgroup.v1) {
		const keys = controllerKeys(hierarchy);
		const [first] = keys;
		if (first === undefined) continue;
		const name = hierarchy.name ?? keys.join(',');
		const inner = { ...attributes, destination: `${root}/${name}`, set: protect | readonly, propagation: [] };
		if (namespaced) {
			yield init(
				'mount',
				{
					...inner,
					type: 'cgroup',
					source: 'cgroup',
					options: hierarchy.name === undefined ? keys : ['none', first],
					flags: 0,
					fallback: '',
				},
				pointer,
			);
		} else {
			yield init(
				'bind',
				{
					...inner,
					source: v1[first] ?? hierarchy.mount,
					// A user without a delegated cgroup gets none made: the container is in that of its caller then.
					fallback: shape.options.rootless ? (callers[first] ?? hierarchy.mount) : '',
					tree: null,
					flags: bindFlags.recursive,
				},
				pointer,
			);
		}
		if (keys.length > 1) {
			for (const controller of keys) {
				yield init('symlink', { target: name, path: `${root}/${controller}` }, pointer);
			}
		}
	}
}

// Without a cgroup of its own the container is where the runtime is.
function containersOwn(shape: Shape): CgroupDirectories {
	return cgroupOf(shape) ?? ownDirectories(shape.facts.cgroup);
}
