/*
 * System calls the C library has no wrapper for, or wraps with more than we want (musl's setresuid signals every
 * thread; its faccessat forks when the ids differ). All of them answer as wrappers do: -1 and errno, or the result.
 * The numbers given here are the same on every architecture: all of them are younger than the common table.
 */
#ifndef TSRUN_SYSCALLS_H
#define TSRUN_SYSCALLS_H

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef MNT_DETACH
#define MNT_DETACH 2
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4u
#endif

static inline int sys_openat2(int at, const char *path, const struct open_how *how) {
	return (int)syscall(SYS_openat2, at, path, how, sizeof *how);
}

static inline int sys_open_tree(int at, const char *path, unsigned int flags) {
	return (int)syscall(SYS_open_tree, at, path, flags);
}

/* Both ends by descriptor: no path is resolved again between the check of a destination and its use. */
static inline int sys_move_mount(int tree, int target) {
	return (int)syscall(SYS_move_mount, tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

static inline int sys_mount_setattr(int mount, unsigned int flags, const struct mount_attr *attr) {
	return (int)syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | flags, attr, sizeof *attr);
}

static inline int sys_fsopen(const char *type) {
	return (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
}

/* The superblock of a mount that is there already. */
static inline int sys_fspick(int mount) {
	return (int)syscall(SYS_fspick, mount, "", FSPICK_EMPTY_PATH | FSPICK_CLOEXEC);
}

static inline int sys_fsconfig(int context, unsigned int command, const char *key, const char *value) {
	return (int)syscall(SYS_fsconfig, context, command, key, value, 0);
}

static inline int sys_fsmount(int context, unsigned int attributes) {
	return (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, attributes);
}

static inline int sys_mount(const char *source, const char *target, const char *type, unsigned long flags,
                            const void *data) {
	return (int)syscall(SYS_mount, source, target, type, flags, data);
}

static inline int sys_umount2(const char *target, int flags) {
	return (int)syscall(SYS_umount2, target, flags);
}

static inline int sys_pivot_root(const char *root, const char *old) {
	return (int)syscall(SYS_pivot_root, root, old);
}

/* A fork(2) with flags: the child goes on here, on a copy of this stack. */
static inline int sys_clone(unsigned long flags) {
#if defined(__s390x__) || defined(__CRIS__)
	return (int)syscall(SYS_clone, 0, flags, 0, 0, 0);
#else
	return (int)syscall(SYS_clone, flags, 0, 0, 0, 0);
#endif
}

static inline int sys_close_range(unsigned int first, unsigned int last, unsigned int flags) {
	return (int)syscall(SYS_close_range, first, last, flags);
}

/* The requests of terminals do not fit the int that musl's ioctl takes them as. */
static inline int sys_ioctl(int fd, unsigned int request, void *argument) {
	return (int)syscall(SYS_ioctl, fd, request, argument);
}

static inline int sys_pidfd_open(pid_t pid) {
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* Signal 0: whether the process is there. */
static inline int sys_pidfd_send_signal(int pidfd, int signal) {
	return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

static inline int sys_faccessat2(int at, const char *path, int mode, int flags) {
	return (int)syscall(SYS_faccessat2, at, path, mode, flags);
}

static inline int sys_fchmodat2(int at, const char *path, mode_t mode, int flags) {
	return (int)syscall(SYS_fchmodat2, at, path, mode, flags);
}

/* 32-bit machines keep 16-bit ids under the plain names. */
static inline int sys_setresuid(uint32_t uid) {
#ifdef SYS_setresuid32
	return (int)syscall(SYS_setresuid32, uid, uid, uid);
#else
	return (int)syscall(SYS_setresuid, uid, uid, uid);
#endif
}

static inline int sys_setresgid(uint32_t gid) {
#ifdef SYS_setresgid32
	return (int)syscall(SYS_setresgid32, gid, gid, gid);
#else
	return (int)syscall(SYS_setresgid, gid, gid, gid);
#endif
}

static inline int sys_setgroups(size_t count, const uint32_t *groups) {
#ifdef SYS_setgroups32
	return (int)syscall(SYS_setgroups32, count, groups);
#else
	return (int)syscall(SYS_setgroups, count, groups);
#endif
}

#endif
