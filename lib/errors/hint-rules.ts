import type { FailureContext } from './hint.js';
import { namespaceHintRules } from './namespace-hint-rules.js';

/** A rule fits when each of its members does; of several that fit, the first one speaks. */
export interface HintRule {
	readonly operation?: readonly string[];
	readonly syscall?: readonly string[];
	readonly errno: readonly string[];
	readonly kind?: readonly string[];
	readonly context?: FailureContext;
	readonly hint: string;
}

// Engines look for phrases like "permission denied" in what we print, and decide by them what failed. A hint must not
// contain them; a test sees to it.
export const hintRules: readonly HintRule[] = [
	// Mounts
	{
		operation: ['mount'],
		kind: ['proc'],
		errno: ['EPERM'],
		hint: 'In a user namespace, proc can be mounted only with a new pid namespace, and only where nothing covers parts of the /proc around it; otherwise bind /proc.',
	},
	{
		operation: ['mount'],
		kind: ['sysfs'],
		errno: ['EPERM'],
		hint: 'In a user namespace, sysfs can be mounted only with a new network namespace, and only read-only where the /sys around it is; otherwise bind /sys.',
	},
	{
		operation: ['mount'],
		kind: ['overlay'],
		errno: ['EINVAL', 'ESTALE'],
		hint: 'Overlay wants existing lowerdir, upperdir and workdir, the last two empty of other mounts and on one file system that is no overlay itself; the kernel log has the reason.',
	},
	{
		operation: ['mount'],
		kind: ['devpts', 'tmpfs'],
		syscall: ['fsconfig'],
		errno: ['EINVAL'],
		context: { userNamespace: true },
		hint: 'An option may name an id that the user namespace does not map, as gid=5 of /dev/pts often is: leave the option out, or map the id.',
	},
	{
		operation: ['mount', 'new_mount'],
		errno: ['ENODEV'],
		hint: 'This kernel does not know the file system type; /proc/filesystems lists those it knows, and a module may have to be loaded.',
	},
	{
		operation: ['mount'],
		errno: ['EPERM'],
		context: { userNamespace: true },
		hint: 'A user namespace may mount only a few types (proc, sysfs, tmpfs, devpts, mqueue, cgroup2, overlay, bind mounts); let the host mount it and bind it.',
	},
	{
		operation: ['bind', 'remount'],
		syscall: ['mount_setattr', 'mount'],
		errno: ['EPERM'],
		hint: 'Flags that the source is mounted with (ro, nosuid, nodev, noexec, atime) are locked in a user namespace; ask for the same ones.',
	},
	{
		operation: ['bind', 'open_tree', 'show_tree'],
		syscall: ['open_tree', 'mount'],
		errno: ['ENOENT'],
		hint: 'The source of a bind mount has to be there before; it is never created.',
	},
	{
		operation: ['bind'],
		errno: ['ENOTDIR', 'EISDIR'],
		hint: 'A directory can be bound only to a directory, and a file only to a file: check which of the two the source and the destination are.',
	},
	{
		operation: ['new_mount'],
		syscall: ['mount_setattr'],
		errno: ['EINVAL', 'EOPNOTSUPP'],
		hint: 'File systems of this type cannot map ids in this kernel (tmpfs: from Linux 6.3 on); leave out the mappings of this mount.',
	},
	{
		operation: ['open_tree', 'map_tree', 'new_mount', 'mount', 'bind', 'remount'],
		syscall: ['mount_setattr'],
		errno: ['ENOSYS'],
		hint: 'Mapped ids and options for a whole tree (rro and its kin) take Linux 5.12, where mount_setattr(2) is not hidden by a seccomp profile around this program.',
	},
	{
		operation: ['open_tree', 'map_tree'],
		syscall: ['mount_setattr'],
		errno: ['EINVAL', 'EOPNOTSUPP'],
		hint: 'The file system of the source, or with ridmap one mounted below it, cannot map ids in this kernel; leave out the mappings of this mount, or store the files elsewhere.',
	},
	{
		operation: ['open_tree', 'map_tree', 'new_mount'],
		kind: ['idmap'],
		errno: ['EPERM'],
		hint: 'Mapping the ids of a mount takes CAP_SYS_ADMIN where its file system was mounted, which most users lack, and ids that are mapped already are not mapped again; leave out the mappings of this mount.',
	},
	{
		operation: ['rootfs'],
		errno: ['EACCES'],
		context: { userNamespace: true },
		hint: 'Root of the container, a plain user of this machine, has to be let through to the root file system: check the x bits of every directory above.',
	},
	{
		operation: ['mount', 'bind', 'device', 'device_bind', 'symlink', 'make_directory'],
		syscall: ['mkdir', 'mknod', 'openat2', 'symlink'],
		errno: ['EACCES'],
		context: { userNamespace: true },
		hint: 'The place is not in the image, and root of the user namespace may not write there: create it in the image, or give the files of the image to the ids that are mapped (chown -R).',
	},
	{
		operation: ['mount', 'bind', 'device', 'symlink', 'console', 'make_directory', 'chdir'],
		errno: ['EROFS'],
		hint: 'The root file system is mounted read-only, and what is asked for is not in it: create it in the image.',
	},
	{
		operation: ['mount'],
		kind: ['proc', 'sysfs'],
		errno: ['ELOOP', 'ENOTDIR'],
		hint: 'It must be mounted on ordinary directory: in the image, something else stands there, or on the way.',
	},
	{
		operation: ['mount', 'bind', 'mask', 'readonly'],
		errno: ['ELOOP'],
		hint: 'A symbolic link in the image stands where a plain directory or file has to be.',
	},
	// The root
	{
		operation: ['rootfs', 'chdir'],
		kind: ['root'],
		errno: ['ENOENT', 'ENOTDIR'],
		hint: 'The root file system has to be a directory that is there: unpack an image into root.path, which counts from the bundle when it is relative.',
	},
	{
		operation: ['change_root'],
		syscall: ['pivot_root'],
		errno: ['EPERM'],
		hint: 'A seccomp profile around this program forbids pivot_root(2), as that of Docker does: have it allowed there, or use --no-pivot.',
	},
	{
		operation: ['change_root'],
		errno: ['EINVAL'],
		hint: 'The root cannot be changed by pivot_root from the initial ramdisk, nor under a shared mount; on a ramdisk use --no-pivot.',
	},
	{
		operation: ['propagation'],
		errno: ['EINVAL'],
		hint: 'The root that this program sees is no mount point, as below a chroot(2): bind the directory on itself before (mount --bind DIR DIR), or enter it by pivot_root(2).',
	},
	...namespaceHintRules,
	// The process
	{
		operation: ['scheduler'],
		kind: ['SCHED_DEADLINE'],
		errno: ['EPERM'],
		hint: "SCHED_DEADLINE takes CAP_SYS_NICE and every CPU of the machine: a process scheduler can't be used together with AllowedCPUs (linux.resources.cpu.cpus).",
	},
	// The program
	{
		operation: ['exec', 'find_program'],
		errno: ['EACCES'],
		hint: 'Check the x bits of the file and of the directories above it, and that its mount has no noexec option.',
	},
	{
		operation: ['exec'],
		errno: ['ENOENT'],
		hint: 'The file itself was found: what is missing is its interpreter, the one of its #! line or the dynamic loader (ldd, readelf -l).',
	},
	{
		operation: ['exec'],
		errno: ['ENOEXEC'],
		hint: 'The file is a program of another architecture, or a script without a #! line; "file" tells which.',
	},
	{
		operation: ['exec'],
		errno: ['E2BIG'],
		hint: 'Arguments and environment together are longer than the kernel takes; one string may have 128 KiB.',
	},
	{
		operation: ['exec'],
		errno: ['ETXTBSY'],
		hint: 'Somebody has the program open for writing.',
	},
	{
		operation: ['chdir'],
		errno: ['EACCES'],
		hint: 'The user of the process may not enter process.cwd: check the x bits of the directories above.',
	},
	// Cgroups
	{
		operation: ['create_cgroup', 'enter_cgroup', 'write_cgroup'],
		errno: ['EACCES', 'EPERM'],
		context: { rootless: true },
		hint: 'The cgroup is not yours: have systemd delegate one (systemd-run --user --scope -p Delegate=yes), or leave out limits and linux.cgroupsPath.',
	},
	{
		operation: ['create_cgroup', 'enter_cgroup', 'write_cgroup'],
		errno: ['EROFS'],
		hint: 'The cgroup file system is mounted read-only, as in a container without privileges; run that one with a writable /sys/fs/cgroup, or this program without cgroups (--cgroup-manager disabled).',
	},
	{
		operation: ['write_cgroup'],
		errno: ['EBUSY'],
		hint: 'A limit of memory cannot be below what is in use already: raise linux.resources.memory.limit (and swap).',
	},
	{
		operation: ['create_cgroup', 'write_cgroup', 'enter_cgroup'],
		errno: ['EBUSY', 'EOPNOTSUPP'],
		hint: 'In the unified hierarchy, processes live only in cgroups that have no controllers enabled for children: choose another linux.cgroupsPath.',
	},
	{
		operation: ['enter_cgroup'],
		errno: ['ENOSPC'],
		hint: 'The cpuset of the cgroup is empty: cpuset.cpus and cpuset.mems of the cgroups above have to be set first.',
	},
	{
		operation: ['create_cgroup'],
		errno: ['EAGAIN'],
		hint: 'A cgroup above limits how many or how deep its descendants may be: see cgroup.max.descendants and cgroup.max.depth.',
	},
	// Limits and privileges
	{
		operation: ['set_rlimits', 'resource_limits'],
		errno: ['EPERM'],
		hint: 'Raising a hard limit needs CAP_SYS_RESOURCE; ask for at most what this program has (ulimit -aH).',
	},
	{
		operation: ['write_oom_score'],
		errno: ['EACCES', 'EPERM'],
		hint: 'Lowering oom_score_adj needs CAP_SYS_RESOURCE; ask for at least what this program has.',
	},
	{
		operation: ['capabilities', 'drop_bounding'],
		errno: ['EPERM'],
		hint: 'A set asks for a capability that this program does not have itself; capsh --print lists those it has.',
	},
	{
		operation: ['device_bind'],
		errno: ['ENOENT'],
		hint: 'In a user namespace no device can be made: that of the host is bound, and it has none of this path.',
	},
	{
		operation: ['device'],
		errno: ['EPERM', 'ENOENT'],
		hint: 'Making a device file needs CAP_MKNOD, and the device cgroup around this program has to allow it; without, that of the host is bound, and it has none of this path.',
	},
	{
		operation: ['sysctl'],
		errno: ['ENOENT'],
		hint: 'This kernel has no such sysctl, or the module that brings it is not loaded.',
	},
	{
		operation: ['sysctl'],
		errno: ['EPERM', 'EACCES', 'EROFS'],
		hint: 'The sysctl does not belong to a namespace of this container; set it on the host.',
	},
	{
		operation: ['sysctl'],
		errno: ['EINVAL', 'ERANGE'],
		hint: 'The kernel does not take this value for the sysctl.',
	},
	{
		operation: ['seccomp'],
		errno: ['EACCES'],
		hint: 'Loading a filter needs process.noNewPrivileges, or CAP_SYS_ADMIN among the capabilities of the process.',
	},
	{
		operation: ['seccomp'],
		errno: ['EINVAL'],
		hint: 'This kernel lacks a flag or an action of linux.seccomp.',
	},
	{
		operation: ['keyring'],
		errno: ['EDQUOT', 'ENOSYS', 'EPERM'],
		hint: 'The session keyring cannot be made (quota: sysctl kernel.keys.maxkeys, or a seccomp profile around this program); go without one by --no-new-keyring.',
	},
	{
		operation: ['label'],
		errno: ['ENOENT', 'EINVAL'],
		hint: 'The AppArmor profile or SELinux label is not known to this machine: load the profile first.',
	},
	// Whatever was being done
	{
		errno: ['ENOSPC', 'EDQUOT'],
		hint: 'The file system is full, in blocks or in inodes: df and df -i tell.',
	},
	{
		errno: ['EMFILE', 'ENFILE'],
		hint: 'The limit of open files is reached: see ulimit -n and sysctl fs.file-max.',
	},
	{
		errno: ['ENOSYS'],
		hint: 'The kernel is too old for this, or a seccomp profile around this program hides the call.',
	},
];
