import type { Seccomp } from '../../spec/types.js';

/**
 * The init helper's operations, as addon/wire/operations.def has them; a test holds the two together.
 * `fd` fields are symbolic here: the name of a descriptor that a host step opens, or null for none.
 */
export const initOperations = {
	barrier: { id: 1, fields: { id: 'u32' } },
	fork: { id: 2, fields: { flags: 'u64' } },
	wait_start: { id: 3, fields: { listener: 'fd' } },
	hook: {
		id: 4,
		fields: {
			kind: 'u32',
			index: 'u32',
			path: 'str',
			args: 'strs',
			env: 'strs',
			timeout: 'u32',
			state_head: 'str',
			state_tail: 'str',
			pid: 'u32',
			home: 'u32',
		},
	},
	join_namespaces: { id: 10, fields: { fds: 'fds', types: 'u32s', paths: 'strs' } },
	join_process: { id: 11, fields: { pidfd: 'fd', flags: 'u64' } },
	unshare: { id: 12, fields: { flags: 'u64' } },
	time_offsets: { id: 13, fields: { text: 'str' } },
	become_root: { id: 14, fields: { groups: 'u32' } },
	hostname: { id: 15, fields: { name: 'str' } },
	domainname: { id: 16, fields: { name: 'str' } },
	loopback: { id: 17, fields: {} },
	undumpable: { id: 18, fields: {} },
	new_session: { id: 19, fields: {} },
	enter_time: { id: 20, fields: {} },
	propagation: { id: 30, fields: { flags: 'u64' } },
	rootfs: { id: 31, fields: { path: 'str', parent: 'u64' } },
	mount: {
		id: 32,
		fields: {
			destination: 'str',
			type: 'str',
			source: 'str',
			options: 'strs',
			set: 'u64',
			clear: 'u64',
			rec_set: 'u64',
			rec_clear: 'u64',
			propagation: 'u64s',
			flags: 'u32',
			fallback: 'str',
		},
	},
	bind: {
		id: 33,
		fields: {
			destination: 'str',
			source: 'str',
			fallback: 'str',
			tree: 'fd',
			set: 'u64',
			clear: 'u64',
			rec_set: 'u64',
			rec_clear: 'u64',
			propagation: 'u64s',
			flags: 'u32',
		},
	},
	remount: {
		id: 34,
		fields: {
			destination: 'str',
			options: 'strs',
			set: 'u64',
			clear: 'u64',
			rec_set: 'u64',
			rec_clear: 'u64',
			propagation: 'u64s',
		},
	},
	device: {
		id: 35,
		fields: { path: 'str', type: 'u32', major: 'u32', minor: 'u32', mode: 'u32', uid: 'u32', gid: 'u32' },
	},
	device_bind: { id: 36, fields: { path: 'str', source: 'str', type: 'u32', major: 'u32', minor: 'u32' } },
	symlink: { id: 37, fields: { target: 'str', path: 'str' } },
	ptmx: { id: 38, fields: {} },
	console: {
		id: 39,
		fields: { set_size: 'u32', rows: 'u32', columns: 'u32', uid: 'u32', bind: 'u32' },
	},
	mask: { id: 40, fields: { path: 'str' } },
	readonly: { id: 41, fields: { path: 'str' } },
	sysctl: { id: 42, fields: { path: 'str', value: 'str' } },
	make_directory: { id: 43, fields: { path: 'str', mode: 'u32' } },
	change_root: { id: 44, fields: { method: 'u32' } },
	root_propagation: { id: 45, fields: { flags: 'u64' } },
	readonly_root: { id: 46, fields: {} },
	place_mount: {
		id: 47,
		fields: {
			destination: 'str',
			tree: 'fd',
			set: 'u64',
			clear: 'u64',
			rec_set: 'u64',
			rec_clear: 'u64',
			propagation: 'u64s',
			flags: 'u32',
		},
	},
	mqueue_label: { id: 48, fields: { destination: 'str', label: 'str' } },
	mask_label: { id: 49, fields: { label: 'str' } },
	show_tree: { id: 50, fields: { source: 'str', flags: 'u32' } },
	keyring: { id: 60, fields: { name: 'str', label: 'str' } },
	personality: { id: 61, fields: { persona: 'u64' } },
	umask: { id: 62, fields: { mode: 'u32' } },
	no_new_privileges: { id: 63, fields: {} },
	drop_bounding: { id: 64, fields: { keep: 'u64' } },
	identity: { id: 65, fields: { uid: 'u32', gid: 'u32', groups: 'u32s', flags: 'u32' } },
	capabilities: { id: 66, fields: { effective: 'u64', permitted: 'u64', inheritable: 'u64', ambient: 'u64' } },
	chdir: { id: 67, fields: { path: 'str', attempt: 'u32' } },
	scheduler: {
		id: 68,
		fields: {
			policy: 'u32',
			nice: 'i64',
			priority: 'u32',
			flags: 'u64',
			runtime: 'u64',
			deadline: 'u64',
			period: 'u64',
		},
	},
	io_priority: { id: 69, fields: { value: 'u32' } },
	memory_policy: { id: 70, fields: { mode: 'u32', nodes: 'u64s', maximum: 'u32' } },
	affinity: { id: 71, fields: { cpus: 'u64s' } },
	label: { id: 72, fields: { file: 'str', value: 'str' } },
	seccomp: { id: 73, fields: { filter: 'bytes', flags: 'u32', notify: 'u32' } },
	home: { id: 74, fields: { uid: 'u32' } },
	find_program: { id: 75, fields: { name: 'str', path: 'str' } },
	close_descriptors: { id: 76, fields: { keep: 'u32' } },
	exec: { id: 77, fields: { args: 'strs', env: 'strs' } },
	resource_limits: { id: 79, fields: { resources: 'u32s', soft: 'u64s', hard: 'u64s' } },
} as const satisfies Record<string, { id: number; fields: Record<string, FieldType> }>;

export type FieldType = 'u32' | 'u64' | 'i64' | 'str' | 'bytes' | 'strs' | 'u32s' | 'u64s' | 'fd' | 'fds';

/** Name of a descriptor that a host step opens and that the helper is handed. */
export type DescriptorName = string;

interface FieldValue {
	u32: number;
	u64: bigint;
	i64: bigint;
	str: string;
	/** A profile is compiled to its program when the plan is launched: the compiler is not part of a pure plan. */
	bytes: Uint8Array | Seccomp;
	strs: readonly string[];
	u32s: readonly number[];
	u64s: readonly bigint[];
	fd: DescriptorName | null;
	fds: readonly DescriptorName[];
}

export type InitOperation = keyof typeof initOperations;

/** The arguments that an operation takes. */
export type InitArguments<Operation extends InitOperation> = {
	readonly [Field in keyof (typeof initOperations)[Operation]['fields']]: (typeof initOperations)[Operation]['fields'][Field] extends FieldType
		? FieldValue[(typeof initOperations)[Operation]['fields'][Field]]
		: never;
};
