#include "procfs.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "resolve.h"
#include "syscalls.h"
#include "text.h"

/* The root of every procfs instance has this inode. */
#define PROC_ROOT_INO 1

static int try_new_instance(enum procfs_view view) {
	int context = sys_fsopen("proc");
	if (context == -1) return -1;
	int mount = -1;
	/* EINVAL: a kernel before 5.8 has no subset; the whole procfs serves as well. */
	if (view == PROCFS_PROCESSES) (void)sys_fsconfig(context, FSCONFIG_SET_STRING, "subset", "pid");
	if (sys_fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL) == 0) {
		mount = sys_fsmount(context, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	}
	int error = errno;
	drop(&context);
	errno = error;
	return mount;
}

/* Where no new instance is granted (a nested user namespace): a copy of /proc, without what is mounted in it. */
static int try_copy(void) {
	return sys_open_tree(AT_FDCWD, "/proc", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
}

static void check_instance(const struct init *init, int mount) {
	struct statfs fs;
	struct stat root;
	if (fstatfs(mount, &fs) == -1) fault_errno(init, TSRUN_CALL_statfs, "/proc");
	if (fstat(mount, &root) == -1) fault_errno(init, TSRUN_CALL_fstat, "/proc");
	if (fs.f_type != PROC_SUPER_MAGIC || root.st_ino != PROC_ROOT_INO) {
		fault(init, TSRUN_CALL_verify, ENOTSUP, "/proc is not the root of a procfs");
	}
}

static int instance(struct init *init, enum procfs_view view) {
	if (init->procfs[view] != -1) return init->procfs[view];
	int mount = try_new_instance(view);
	if (mount == -1) mount = try_copy();
	init->bare_procfs[view] = mount != -1;
	if (mount == -1) mount = open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (mount == -1) fault_errno(init, TSRUN_CALL_openat2, "/proc");
	check_instance(init, mount);
	return init->procfs[view] = mount;
}

/* Nothing is mounted in an instance that is bare; in another one only openat2(2) sees what is. */
static int try_open_bare(const struct init *init, enum procfs_view view, const char *path, int flags) {
	if (!init->bare_procfs[view]) return -1;
	return try_open_below(init->procfs[view], path, flags, false);
}

/* Puts what the link (self, thread-self) says in place of the link: numbers of processes, made by the kernel. */
static bool has_resolved(int procfs, const char *path, const char *link, struct text *resolved) {
	size_t length = strlen(link);
	if (strncmp(path, link, length) != 0 || path[length] != '/') return false;
	char target[64];
	ssize_t size = readlinkat(procfs, link, target, sizeof target);
	if (size <= 0 || (size_t)size >= sizeof target) return false;
	text_start(resolved);
	text_add_bytes(resolved, target, (size_t)size);
	text_add(resolved, path + length);
	return !resolved->cut;
}

int try_procfs_open(struct init *init, enum procfs_view view, const char *path, int flags) {
	int procfs = instance(init, view);
	struct text resolved;
	if (has_resolved(procfs, path, "self", &resolved) || has_resolved(procfs, path, "thread-self", &resolved)) {
		path = resolved.at;
	}
	struct open_how how = {
	    .flags = (unsigned long long)(flags | O_CLOEXEC | O_NOCTTY),
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd = sys_openat2(procfs, path, &how);
	if (fd == -1 && is_openat2_missing(errno)) fd = try_open_bare(init, view, path, flags | O_NOCTTY);
	struct statfs fs;
	if (fd != -1 && (fstatfs(fd, &fs) == -1 || fs.f_type != PROC_SUPER_MAGIC)) {
		drop(&fd);
		errno = EXDEV;
	}
	return fd;
}

/* With the whole path: engines tell by /proc/.../attr/... that a label was refused. */
static _Noreturn void fault_at(const struct init *init, enum tsrun_call call, int error, const char *path) {
	struct text whole;
	text_start(&whole);
	text_add(&whole, "/proc/");
	text_add(&whole, path);
	fault(init, call, error, whole.at);
}

int procfs_open(struct init *init, enum procfs_view view, const char *path, int flags) {
	int fd = try_procfs_open(init, view, path, flags);
	if (fd == -1) fault_at(init, TSRUN_CALL_openat2, errno, path);
	return fd;
}

void procfs_write(struct init *init, enum procfs_view view, const char *path, const char *value) {
	int fd = procfs_open(init, view, path, O_WRONLY);
	size_t length = strlen(value);
	ssize_t written = write(fd, value, length);
	if (written == -1) fault_at(init, TSRUN_CALL_write, errno, path);
	if ((size_t)written != length) fault_at(init, TSRUN_CALL_write, EIO, path);
	drop(&fd);
}
