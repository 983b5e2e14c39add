import type { Mount } from '../../spec/types.js';
import { cgroupDirectories, controllerKeys } from '../cgroup-path.js';
import type { MountOptions } from '../mount-options.js';
import type { Shape } from '../shape.js';
import { type InitStep, init, type Step } from '../step.js';
import { mountAttributes } from '../tables/mount-options.js';
import { bindFlags, mountFlags } from './mounts.js';

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
	const { cgroup } = shape.facts;
	const unified = cgroup.mode === 'unified' || mount.type === 'cgroup2';
	if (unified) yield* unifiedMount(shape, options, attributes, pointer);
	else yield* legacyMounts(shape, options, attributes, pointer);
}

function* unifiedMount(shape: Shape, options: MountOptions, attributes: Attributes, pointer: string): Generator<Step> {
	const directories = cgroupDirectories(shape.facts.cgroup, shape.id, shape.spec.linux?.cgroupsPath);
	// Where the kernel refuses a mount of cgroup2 (a user namespace without a cgroup namespace of its own), the tree of
	// the host is bound: the container's part of it if that is all a cgroup namespace would have shown.
	const fallback = shape.created.has('cgroup') ? directories.unified : shape.facts.cgroup.unified?.mount;
	yield init(
		'mount',
		{
			...attributes,
			set: options.set,
			type: 'cgroup2',
			source: 'cgroup',
			options: options.data,
			flags: mountFlags.cgroup2,
			fallback: fallback ?? '',
		},
		pointer,
	);
}

// v1: a tmpfs with one directory per hierarchy, and a link for each controller that is mounted together with others.
function* legacyMounts(shape: Shape, options: MountOptions, attributes: Attributes, pointer: string): Generator<Step> {
	const { cgroup } = shape.facts;
	const namespaced = shape.created.has('cgroup') || shape.joined.has('cgroup');
	const { v1 } = cgroupDirectories(cgroup, shape.id, shape.spec.linux?.cgroupsPath);
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
				{ ...inner, source: v1[first] ?? hierarchy.mount, tree: null, flags: bindFlags.recursive },
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
