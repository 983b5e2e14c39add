import type { DevicePolicy } from './resources/device-policy.js';
import type { CgroupWrite } from './resources/limit.js';
import type { ResctrlGroups } from './stages/resctrl.js';
import type { UnitProperty } from './systemd/unit-property.js';
import type { NamespaceType } from './tables/namespaces.js';
import type { DescriptorName, InitArguments, InitOperation } from './tables/operations.js';

/** What the host half of a plan can do; the runtime's own process performs it. */
export interface HostOperations {
	/** Make cgroup directories, parents first; those that exist already are used and not removed later. */
	create_cgroup: {
		readonly directories: readonly string[];
		/** Controllers that the one in the unified hierarchy is to have, as far as those above it can hand them on. */
		readonly enable: readonly string[];
		/** Go on without those that we may not make. */
		readonly optional: boolean;
	};
	/** Write values to files of a cgroup; one that is refused is tried again after the others. */
	write_cgroup: { readonly writes: readonly CgroupWrite[] };
	/** Replace the device program of a cgroup of the unified hierarchy. */
	restrict_devices: {
		readonly directory: string;
		readonly policy: DevicePolicy;
		/** Errnos after which the container goes on without a program. */
		readonly tolerated: readonly string[];
	};
	/** Have systemd make a unit with the process in it, and so the process's cgroup. */
	start_scope: {
		readonly unit: string;
		readonly manager: 'system' | 'user';
		readonly properties: readonly UnitProperty[];
		/** Where the unit's cgroup has to be then: in the hierarchy that systemd sees to itself. */
		readonly directory: string;
		/** As of create_cgroup, in the unified hierarchy. */
		readonly enable: readonly string[];
		/** Where the unit's cgroup is in that one: the same, or beside v1 another; null where there is none. */
		readonly unified: string | null;
	};
	/** Tell systemd of the limits that hold for its unit. */
	set_unit_properties: {
		readonly unit: string;
		readonly manager: 'system' | 'user';
		readonly properties: readonly UnitProperty[];
	};
	/** Put the process in these cgroups. */
	enter_cgroup: {
		readonly directories: readonly string[];
		/** Whom to ask where the caller may not do it: the unit is that of the container. */
		readonly unit?: { readonly name: string; readonly manager: 'system' | 'user'; readonly directory: string };
	};
	/** Make the cgroup, and those of its files that the kernel names for it, the property of a user. */
	chown_cgroup: { readonly directory: string; readonly uid: number };
	/** Make what is missing of a group in resctrl, with its schemata, and of the container's group of monitoring in it. */
	make_resctrl_group: Pick<ResctrlGroups, 'directory' | 'monitor'> & {
		readonly lines: readonly string[];
		/** A group that is there already has to be there, has to have these lines, or is used and given them. */
		readonly existing: 'required' | 'compared' | 'used';
		/** It stays when the container goes. */
		readonly kept: boolean;
	};
	/** Make the process a task of these groups, one after the other. */
	enter_resctrl_group: { readonly directories: readonly string[] };
	open_namespace: {
		readonly slot: DescriptorName;
		readonly path: string;
		readonly type: NamespaceType;
		/** Pointer to a value that would change the host if this were the runtime's own namespace. */
		readonly foreign?: string;
	};
	/** Pin a process by pidfd; its namespaces are joined through it. */
	open_process: { readonly slot: DescriptorName; readonly pid: number; readonly startTime: string };
	/** Clone a mount of the host as a detached tree, with the ids mapped where `idmap` says how. */
	open_tree: {
		readonly slot: DescriptorName;
		readonly source: string;
		readonly recursive: boolean;
		/** Whether a symlink at the end of `source` is followed. */
		readonly follow: boolean;
		readonly idmap: (IdMapSource & { readonly recursive: boolean }) | null;
	};
	/** Make a new file system as a detached mount, with the ids mapped. */
	new_mount: {
		readonly slot: DescriptorName;
		readonly type: string;
		readonly source: string;
		readonly options: readonly string[];
		readonly idmap: IdMapSource & { readonly recursive: boolean };
	};
	/** Map the ids of the mount that init has cloned and shown: of a source that only the container sees. */
	map_tree: {
		/** What an error calls it. */
		readonly source: string;
		readonly idmap: IdMapSource & { readonly recursive: boolean };
	};
	/** Remember that init mounts on, and below, the root file system in the runtime's own mount namespace. */
	expect_mounts: { readonly rootfs: string };
	/** The socket on which `start` will be heard. */
	listen: { readonly slot: DescriptorName };
	spawn: { readonly flags: bigint; readonly cgroup: string | null };
	/** Wait until the helper has forked the process that becomes init, and reap the one before. */
	await_fork: Record<string, never>;
	write_id_maps: {
		readonly uid: string;
		readonly gid: string;
		readonly setgroups: 'allow' | 'deny';
		/** The maps that take more than the caller's privileges, and are left to newuidmap(1) and newgidmap(1). */
		readonly helped: readonly ('uid' | 'gid')[];
	};
	/** Move a network device of the runtime's namespace to that of the process. */
	move_network_device: {
		readonly name: string;
		/** Its name there; `%d` in it stands for the lowest number that is free. */
		readonly as: string;
	};
	write_oom_score: { readonly value: number };
	set_rlimits: { readonly limits: readonly ResourceLimit[] };
	hook: HookArguments;
	/** Write the container's record: from here on it exists for everybody. */
	record: Record<string, never>;
	/** Let init go on after the barrier of this number. */
	release: { readonly id: number };
}

/** Mappings as /proc/PID/uid_map has them, or the path of a user namespace that has them. */
export type IdMapSource = { readonly uid: string; readonly gid: string } | { readonly namespace: string };

export interface ResourceLimit {
	readonly name: string;
	readonly resource: number;
	readonly soft: bigint;
	readonly hard: bigint;
}

export interface HookArguments {
	readonly kind: HookKind;
	readonly index: number;
	readonly path: string;
	readonly args: readonly string[];
	/** null: the caller's own environment. */
	readonly env: readonly string[] | null;
	/** Milliseconds; 0: none. */
	readonly timeout: number;
}

export type HookKind = 'prestart' | 'createRuntime' | 'createContainer' | 'startContainer' | 'poststart' | 'poststop';

export type HostOperation = keyof HostOperations;

/** A step of the runtime's own process. */
export type HostStep = {
	[Operation in HostOperation]: {
		readonly actor: 'host';
		readonly operation: Operation;
		readonly args: HostOperations[Operation];
		/** JSON pointer of the value of config.json that asked for it; '' where the runtime itself does. */
		readonly pointer: string;
	};
}[HostOperation];

/** A step of the helper in the container's namespaces. */
export type InitStep = {
	[Operation in InitOperation]: {
		readonly actor: 'init';
		readonly operation: Operation;
		readonly args: InitArguments<Operation>;
		readonly pointer: string;
	};
}[InitOperation];

/** One step of a plan: who acts, which operation, its arguments, and the JSON pointer of the value that asked for it. */
export type Step = HostStep | InitStep;

export function host<Operation extends HostOperation>(
	operation: Operation,
	args: HostOperations[Operation],
	pointer = '',
): Step {
	return { actor: 'host', operation, args, pointer } as Step;
}

export function init<Operation extends InitOperation>(
	operation: Operation,
	args: InitArguments<Operation>,
	pointer = '',
): Step {
	return { actor: 'init', operation, args, pointer } as Step;
}

/** The barriers of a plan, by the number that goes over the wire. */
export const barriers = {
	/** The process exists; the host places it in its cgroup and writes its id maps. */
	placed: 0,
	/** In all its namespaces: the host brings network devices. */
	settled: 4,
	/** A mount of the container has been cloned, and is to have its ids mapped by the host; once for each such mount. */
	shown: 5,
	/** Namespaces and mounts are there, the root has not changed: prestart and createRuntime hooks. */
	built: 1,
	/** Limits that only the host may raise are set before the process gives up its identity. */
	limits: 3,
	/** Everything but the user's program: limits, then the record. */
	complete: 2,
} as const;
