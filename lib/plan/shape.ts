import type { HostFacts } from '../host/facts.js';
import { absolutePath } from '../paths.js';
import type { Spec } from '../spec/types.js';
import { type CgroupDirectories, cgroupDirectories, cgroupDirectoriesAt } from './cgroup-path.js';
import { type PlannedMount, plannedMounts } from './planned-mount.js';
import { type UnitPlace, unitPlace } from './systemd/unit-place.js';
import type { NamespaceType } from './tables/namespaces.js';

/** What a caller asks of `create` beside the config. */
export interface CreateOptions {
	/** false: MS_MOVE and chroot in place of pivot_root, for a root file system that is the initial ramdisk. */
	readonly pivot: boolean;
	/** false: the container keeps the caller's session keyring. */
	readonly newKeyring: boolean;
	/** Descriptors from 3 on that reach the user's program: those of LISTEN_FDS and --preserve-fds together. */
	readonly preservedDescriptors: number;
	/** How many of them came as LISTEN_FDS. */
	readonly listenDescriptors: number;
	readonly listenNames?: string | undefined;
	/** Directory with the socket that takes the container's words of sd_notify(3); absolute. */
	readonly notifyDirectory?: string | undefined;
	readonly cgroupManager: 'cgroupfs' | 'systemd' | 'disabled';
	readonly rootless: boolean;
	/** Init goes on to the program, and waits for no `start`. */
	readonly starts?: boolean | undefined;
}

/** What a plan is made from. */
export interface CreateRequest {
	readonly id: string;
	/** Absolute. */
	readonly bundle: string;
	readonly spec: Spec;
	readonly facts: HostFacts;
	readonly options: CreateOptions;
}

/** The request with the answers that every stage asks for. */
export interface Shape extends CreateRequest {
	/** Absolute path of the root file system on the host. */
	readonly rootfs: string;
	readonly created: ReadonlySet<NamespaceType>;
	readonly joined: ReadonlyMap<NamespaceType, JoinedNamespace>;
	/** The container's processes are in another user namespace than the runtime. */
	readonly inUserNamespace: boolean;
	readonly hasMountNamespace: boolean;
	/** It has none, and mounts are asked for: they are made in that of the runtime, below the container's root. */
	readonly mountsOnHost: boolean;
	/** A process before init joins namespaces: a pid namespace is joined for its children only (pid_namespaces(7)). */
	readonly needsFork: boolean;
	/** Those of the config, in their order. */
	readonly mounts: readonly PlannedMount[];
	pointerOf(type: NamespaceType): string;
}

/**
 * The container's own cgroup; null where the caller wants none made.
 *
 * @throws ConfigError ERR_CONFIG_INVALID for a cgroupsPath that systemd cannot have
 */
export function cgroupOf(request: CreateRequest): CgroupDirectories | null {
	const { options, facts, id, spec } = request;
	if (options.cgroupManager === 'disabled') return null;
	const place = unitOf(request);
	if (place !== null) return cgroupDirectoriesAt(facts.cgroup, place.cgroup);
	return cgroupDirectories(facts.cgroup, id, spec.linux?.cgroupsPath);
}

/** The unit that the container is; null where systemd does not make its cgroup. */
export function unitOf({ options, facts, id, spec }: CreateRequest): UnitPlace | null {
	if (options.cgroupManager !== 'systemd') return null;
	if (facts.systemd === undefined) throw new RangeError('systemd is to make the cgroup, and nothing is known of it');
	return unitPlace(id, spec.linux?.cgroupsPath, facts.systemd);
}

export interface JoinedNamespace {
	readonly path: string;
	readonly pointer: string;
}

/** Absolute path of the root file system on the host. */
export function rootfsOf({ bundle, spec }: Pick<CreateRequest, 'bundle' | 'spec'>): string {
	return absolutePath(bundle, spec.root.path);
}

export function shapeOf(request: CreateRequest): Shape {
	const created = new Set<NamespaceType>();
	const joined = new Map<NamespaceType, JoinedNamespace>();
	const pointers = new Map<NamespaceType, string>();
	for (const [index, { type, path }] of (request.spec.linux?.namespaces ?? []).entries()) {
		const pointer = `/linux/namespaces/${index}`;
		pointers.set(type, pointer);
		if (path === undefined) created.add(type);
		else joined.set(type, { path, pointer: `${pointer}/path` });
	}
	const hasMountNamespace = created.has('mount') || joined.has('mount');
	const rootfs = rootfsOf(request);
	const inUserNamespace = created.has('user') || joined.has('user');
	return {
		...request,
		rootfs,
		created,
		joined,
		inUserNamespace,
		hasMountNamespace,
		mountsOnHost: !hasMountNamespace && asksForMounts(request.spec),
		needsFork: joined.size > 0,
		mounts: plannedMounts(request, rootfs, inUserNamespace),
		pointerOf: (type) => pointers.get(type) ?? '/linux/namespaces',
	};
}

function asksForMounts({ mounts, root, linux }: Spec): boolean {
	const { devices = [], rootfsPropagation } = linux ?? {};
	return (mounts ?? []).length + devices.length > 0 || root.readonly === true || rootfsPropagation !== undefined;
}
