import type { HintRule } from './hint-rules.js';

/** Of namespaces being made and joined, and of the ids in them: a part of all the rules. */
export const namespaceHintRules: readonly HintRule[] = [
	{
		operation: ['write_id_maps', 'open_tree'],
		errno: ['EINVAL'],
		hint: 'A map has to be shorter than a page of memory (4096 bytes), and its ranges may not overlap: leave out or join some.',
	},
	{
		operation: ['write_id_maps'],
		errno: ['EPERM'],
		context: { rootless: false },
		hint: 'Root needs CAP_SETUID and CAP_SETGID to map the ids of others, and CAP_SETFCAP for its own (Linux 5.12), which root of a container may lack: "tsrun doctor" tells.',
	},
	{
		operation: ['write_id_maps'],
		errno: ['EPERM'],
		hint: 'Without privileges only the own id can be mapped, and in a user namespace only ids that /proc/self/uid_map has; more of them need entries in /etc/subuid and /etc/subgid.',
	},
	{
		operation: ['become_root'],
		errno: ['EINVAL'],
		hint: 'The user namespace has no root: linux.uidMappings and linux.gidMappings have to map the container id 0.',
	},
	{
		operation: ['identity'],
		errno: ['EINVAL'],
		hint: 'A user or group id of the process is not in the mappings of the user namespace; add it to linux.uidMappings and linux.gidMappings.',
	},
	{
		operation: ['identity'],
		syscall: ['setgroups'],
		errno: ['EPERM'],
		hint: 'Additional groups cannot be set in a user namespace that a user without privileges made; leave out additionalGids.',
	},
	{
		operation: ['spawn', 'unshare', 'fork'],
		errno: ['EPERM'],
		context: { rootless: true, userNamespace: false },
		hint: 'A user without privileges needs a user namespace for all the others: add one to linux.namespaces, with mappings, as "tsrun spec --rootless" writes it.',
	},
	{
		operation: ['spawn', 'unshare', 'fork'],
		errno: ['EPERM'],
		context: { rootless: false },
		hint: 'Making namespaces takes CAP_SYS_ADMIN, which root of a container usually lacks, and a seccomp profile that allows it: "tsrun doctor" names what is in the way.',
	},
	{
		operation: ['spawn', 'unshare', 'fork'],
		errno: ['EPERM'],
		hint: 'Users without privileges may be kept from making user namespaces: see sysctl kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, the seccomp profile around this program, and whether it is below a chroot(2); "tsrun doctor" tells.',
	},
	// security_create_user_ns() of kernel/user_namespace.c, since Linux 6.1.
	{
		operation: ['spawn', 'unshare', 'fork'],
		errno: ['EACCES'],
		hint: 'The AppArmor profile or SELinux domain of this program forbids user namespaces: one with the rule "userns," allows them (of Docker and Podman: --security-opt apparmor=unconfined, or label=disable).',
	},
	{
		operation: ['spawn', 'unshare', 'fork'],
		errno: ['ENOSPC'],
		hint: 'The limit of namespaces is reached: see the sysctls user.max_*_namespaces; namespaces nest at most 32 deep.',
	},
	{
		operation: ['spawn', 'fork'],
		errno: ['EAGAIN'],
		hint: 'The limit of processes is reached: of this user (ulimit -u), of the cgroup (pids.max), or of the machine (kernel.pid_max).',
	},
	{
		operation: ['spawn', 'unshare', 'join_namespaces'],
		errno: ['EINVAL'],
		hint: 'The kernel lacks one of the namespaces (/proc/self/ns lists those it has), or a joined one cannot be entered: a user namespace that this program is in already never can.',
	},
	{
		operation: ['open_namespace', 'join_namespaces'],
		errno: ['ENOENT'],
		hint: 'The namespace to be joined is gone: its last process ended, and nothing has kept the path mounted.',
	},
	{
		operation: ['open_namespace'],
		errno: ['EACCES', 'EPERM'],
		hint: 'The namespaces of a process that has more privileges, or is of another user, are not for us to open: run this program as that user, with the same capabilities.',
	},
	{
		operation: ['loopback'],
		errno: ['EPERM'],
		hint: 'Bringing up the loopback of a new network takes CAP_NET_ADMIN, which root has in a user namespace of the container’s own; or leave out the network namespace.',
	},
	{
		operation: ['join_namespaces', 'join_process'],
		errno: ['EPERM'],
		hint: 'Joining a namespace needs CAP_SYS_ADMIN in the user namespace that owns it; join that user namespace as well.',
	},
];
