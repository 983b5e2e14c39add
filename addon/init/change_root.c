#include <errno.h>
#include <string.h>

#include "mountinfo.h"
#include "mounting.h"
#include "operation.h"
#include "syscalls.h"

enum method { PIVOT = 0, MOVE = 1, CHROOT = 2 };

static void enter_root(struct init *init) {
	if (fchdir(root_fd(init)) == -1) fault_errno(init, TSRUN_CALL_chdir, init->root_path);
}

static void chroot_here(const struct init *init) {
	if (chroot(".") == -1) fault_errno(init, TSRUN_CALL_chroot, init->root_path);
}

/* pivot_root(2), "NOTES": with "." for both, the old root is stacked on the new one and nothing has to be made for it.
 */
static void pivot(struct init *init) {
	int old = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (old == -1) fault_errno(init, TSRUN_CALL_open, "/");
	enter_root(init);
	if (sys_pivot_root(".", ".") == -1) fault_errno(init, TSRUN_CALL_pivot_root, init->root_path);
	if (fchdir(old) == -1) fault_errno(init, TSRUN_CALL_chdir, "/");
	drop(&old);
	/* Not to unmount the host's mounts by propagation; a slave still sees those that go, so the host can unmount.
	 */
	set_propagation(init, ".", MS_SLAVE | MS_REC);
	if (sys_umount2(".", MNT_DETACH) == -1) fault_errno(init, TSRUN_CALL_umount2, "/");
}

static bool is_below(const char *path, const char *directory) {
	size_t length = strlen(directory);
	while (length > 1 && directory[length - 1] == '/') length--;
	return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static void cover(const struct init *init, const char *place) {
	if (sys_mount("tmpfs", place, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
	              "nr_blocks=1,nr_inodes=2") == -1) {
		fault_errno(init, TSRUN_CALL_mount, place);
	}
}

/*
 * A chroot can be left by whoever may chroot again. What is found outside would otherwise include procfs and sysfs
 * without the container's masks.
 */
static void remove_kernel_mounts(const struct init *init) {
	struct mountinfo mountinfo = read_mountinfo(init);
	const char *place;
	while ((place = next_kernel_mount(&mountinfo)) != NULL) {
		if (is_below(place, init->root_path)) continue;
		if (sys_mount(NULL, place, NULL, MS_SLAVE | MS_REC, NULL) == -1) {
			/* Gone with, or hidden by, another. */
			if (errno == EINVAL || errno == ENOENT) continue;
			fault_errno(init, TSRUN_CALL_mount, place);
		}
		if (sys_umount2(place, MNT_DETACH) == 0) continue;
		if (errno != EINVAL && errno != EPERM) fault_errno(init, TSRUN_CALL_umount2, place);
		/* Locked to what lies below by a user namespace. */
		cover(init, place);
	}
}

static void move(struct init *init) {
	remove_kernel_mounts(init);
	enter_root(init);
	int top = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (top == -1) fault_errno(init, TSRUN_CALL_open, "/");
	if (sys_move_mount(root_fd(init), top) == -1) fault_errno(init, TSRUN_CALL_move_mount, init->root_path);
	drop(&top);
	chroot_here(init);
}

void perform_change_root(struct init *init, struct reader *fields) {
	uint32_t method = read_u32(fields);
	if (method > CHROOT || (method != CHROOT && init->root_path == NULL)) {
		fault(init, TSRUN_CALL_program, EINVAL, "a change of root without a root, or by no known method");
	}
	switch ((enum method)method) {
	case PIVOT: pivot(init); break;
	case MOVE: move(init); break;
	case CHROOT:
		/* Without a mount namespace nothing was bound and held: the directory an operation chdir has gone to is
		 * meant. */
		if (init->root_path != NULL) enter_root(init);
		chroot_here(init);
		break;
	}
	if (chdir("/") == -1) fault_errno(init, TSRUN_CALL_chdir, "/");
	drop(&init->root);
	drop(&init->dev);
	init->root_path = NULL;
	init->in_cwd = false;
}
