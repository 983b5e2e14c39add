/** System calls by what they are for. What stands nowhere here is `other`. */
const groups = {
	files:
		'open openat openat2 read pread64 readv write pwrite64 writev close lseek stat fstat lstat newfstatat statx access faccessat faccessat2 ' +
		'readlink readlinkat getdents64 mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 ftruncate fcntl ioctl dup dup2 dup3 ' +
		'close_range chmod fchmod fchmodat chown fchown fchownat symlink symlinkat mknod mknodat umask getcwd chdir fchdir statfs fstatfs ' +
		'memfd_create flock fsync readahead fadvise64 copy_file_range setxattr getxattr fgetxattr',
	memory: 'mmap munmap mprotect mremap madvise brk mlock process_madvise membarrier get_mempolicy',
	processes:
		'clone clone3 fork vfork execve execveat exit exit_group wait4 waitid kill tgkill prctl arch_prctl set_tid_address set_robust_list rseq ' +
		'prlimit64 setrlimit getrlimit getpid gettid getppid setsid setpgid getpgid unshare setns pidfd_open pidfd_send_signal keyctl capget capset ' +
		'setuid setgid setresuid setresgid setgroups getuid geteuid getgid getegid seccomp personality sched_setaffinity sched_getaffinity ' +
		'sched_setscheduler sched_getscheduler sched_getparam sched_setparam sched_get_priority_min sched_get_priority_max rt_sigaction ' +
		'rt_sigprocmask rt_sigreturn sigaltstack sethostname setdomainname bpf getrandom uname sysinfo setpriority getpriority',
	mounts:
		'mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr statmount listmount',
	sockets:
		'socket socketpair bind listen accept accept4 connect sendmsg recvmsg sendto recvfrom shutdown getsockname getsockopt setsockopt pipe2 pipe',
	waiting:
		'futex epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 poll ppoll select pselect6 eventfd2 timerfd_create timerfd_settime ' +
		'nanosleep clock_nanosleep sched_yield restart_syscall signalfd4',
};

const groupOf = new Map(
	Object.entries(groups).flatMap(([group, names]) => names.split(' ').map((name) => [name, group])),
);

export const groupNames = [...Object.keys(groups), 'other'];

/** @param text the summary that `strace -c` writes; numbers of calls by group, in the order of {@link groupNames} */
export function countByGroup(text) {
	const counts = Object.fromEntries(groupNames.map((name) => [name, 0]));
	for (const line of text.split('\n')) {
		const [, calls, name] = /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)\s*$/.exec(line) ?? [];
		if (name !== undefined && name !== 'total') counts[groupOf.get(name) ?? 'other'] += Number(calls);
	}
	return counts;
}
