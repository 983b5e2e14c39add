#include <errno.h>
#include <limits.h>
#include <string.h>

#include "mounting.h"
#include "operation.h"
#include "path.h"
#include "syscalls.h"

/* pivot_root(2) refuses a new root whose parent mount is shared, and a copy would appear on the host besides. The root
 * is cloned from that mount, and is a slave of the host's only if it is. */
static void change_parent(const struct init *init, const char *path, unsigned long propagation) {
	char place[PATH_MAX];
	size_t length = strlen(path);
	if (length >= sizeof place) fault(init, TSRUN_CALL_mount, ENAMETOOLONG, path);
	memcpy(place, path, length + 1);
	/* EINVAL: not a mount point; then one of the directories above is. */
	while (sys_mount(NULL, place, NULL, propagation, NULL) == -1) {
		if (errno != EINVAL || length <= 1) fault_errno(init, TSRUN_CALL_mount, place);
		while (length > 1 && place[length - 1] != '/') length--;
		while (length > 1 && place[length - 1] == '/') length--;
		place[length] = '\0';
	}
}

void perform_rootfs(struct init *init, struct reader *fields) {
	const char *path = read_str(fields);
	uint64_t parent = read_u64(fields);
	if (path[0] != '/') fault(init, TSRUN_CALL_program, EINVAL, path);
	/* 0: in a mount namespace of somebody else's, whose mounts stay as they are. */
	if (parent != 0) change_parent(init, path, (unsigned long)parent);
	int place = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (place == -1) fault_errno(init, TSRUN_CALL_open, path);
	int tree = sys_open_tree(place, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
	if (tree == -1) fault_errno(init, TSRUN_CALL_open_tree, path);
	if (sys_move_mount(tree, place) == -1) fault_errno(init, TSRUN_CALL_move_mount, path);
	/* There it has become a peer of the mount it lies on. */
	if (parent == 0) set_propagation(init, path, MS_PRIVATE | MS_REC);
	drop(&place);
	drop(&init->dev);
	drop(&init->root);
	init->root = tree;
	init->root_path = path;
}

void perform_make_directory(struct init *init, struct reader *fields) {
	const char *path = read_str(fields);
	uint32_t mode = read_u32(fields);
	int directory = make_inside(init, path, true, mode, PATH_PLAIN);
	if (!S_ISDIR(status_of(init, directory, path).st_mode)) fault(init, TSRUN_CALL_mkdir, ENOTDIR, path);
	drop(&directory);
}
