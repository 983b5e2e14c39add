#include <errno.h>
#include <sys/sysmacros.h>

#include "mounting.h"
#include "operation.h"
#include "syscalls.h"

/* Documentation/admin-guide/devices.txt */
enum { NULL_MAJOR = 1, NULL_MINOR = 3 };

/* CVE-2025-31133: what is bound over a masked file has to be the null device, whatever its path says. */
static int null_device(struct init *init) {
	static const char path[] = "/dev/null";
	if (init->null != -1) return init->null;
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1) fault_errno(init, TSRUN_CALL_open, path);
	struct stat status = status_of(init, fd, path);
	if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(NULL_MAJOR, NULL_MINOR)) {
		fault_verify(init, ENODEV, path, " is not the null device");
	}
	return init->null = fd;
}

static int try_empty_directory(const char *count, const char *label) {
	int context = sys_fsopen("tmpfs"), mount = -1;
	if (context == -1) return -1;
	if ((label == NULL || sys_fsconfig(context, FSCONFIG_SET_STRING, "context", label) == 0) &&
	    sys_fsconfig(context, FSCONFIG_SET_STRING, "nr_blocks", "1") == 0 &&
	    sys_fsconfig(context, FSCONFIG_SET_STRING, "nr_inodes", count) == 0 &&
	    sys_fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL) == 0) {
		mount =
		    sys_fsmount(context, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	}
	int error = errno;
	drop(&context);
	errno = error;
	return mount;
}

static void bind_over(const struct init *init, int source, int target, const char *path) {
	int tree = sys_open_tree(source, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (tree == -1) fault_errno(init, TSRUN_CALL_open_tree, path);
	if (sys_move_mount(tree, target) == -1) fault_errno(init, TSRUN_CALL_move_mount, path);
	drop(&tree);
}

/* One superblock for all: the first is put in place itself, for a detached mount can be copied from 6.15 on only. */
static void mask_directory(struct init *init, int target, const char *path) {
	if (init->empty != -1) {
		bind_over(init, init->empty, target, path);
		return;
	}
	init->empty = try_empty_directory("1", init->mask_label);
	/* Ubuntu's 5.4 counts the root directory twice. */
	if (init->empty == -1) init->empty = try_empty_directory("2", init->mask_label);
	if (init->empty == -1) fault_errno(init, TSRUN_CALL_fsmount, path);
	if (sys_move_mount(init->empty, target) == -1) fault_errno(init, TSRUN_CALL_move_mount, path);
}

void perform_mask_label(struct init *init, struct reader *fields) {
	init->mask_label = read_str(fields);
}

void perform_mask(struct init *init, struct reader *fields) {
	const char *path = read_str(fields);
	int target = try_open_inside(init, path, O_PATH, PATH_PLAIN);
	if (target == -1) {
		if (errno == ENOENT) return;
		fault_errno(init, TSRUN_CALL_openat2, path);
	}
	if (S_ISDIR(status_of(init, target, path).st_mode)) {
		mask_directory(init, target, path);
	} else {
		bind_over(init, null_device(init), target, path);
	}
	drop(&target);
}
