/*
 * What symlinks of an image may not have mounted upon. The devices and links in /dev are made, and ptmx is removed,
 * with all privileges of the runtime and after all mounts: a volume of the host that was led there would get and lose
 * them, whatever its modes and the program's user say (as CVE-2026-41579 did by a symlink for /dev). What is mounted on
 * the root directory is nowhere to be seen, but to processes that join the namespace later: to them it is the root.
 */
#include <errno.h>

#include "mounting.h"
#include "operation.h"
#include "syscalls.h"

static bool is_same(const struct stat *one, const struct stat *other) {
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* By its name a place is found without any link; what is found is compared, for links can be exchanged meanwhile. */
static bool is_by_name(struct init *init, const char *path, const struct stat *wanted) {
	struct stat found = {0};
	int named = try_open_inside(init, path, O_PATH, PATH_NO_SYMLINKS);
	if (named != -1) found = status_of(init, named, path);
	drop(&named);
	return is_same(&found, wanted);
}

void check_other_name(struct init *init, int target, const char *path) {
	struct stat root = status_of(init, root_fd(init), "/"), wanted = status_of(init, target, path);
	if (is_same(&root, &wanted)) fault_verify(init, EPERM, path, " leads to the root directory");
	int dev = try_open_inside(init, "/dev", O_PATH, PATH_NO_FOLLOW);
	if (dev == -1) return;
	struct stat place = status_of(init, dev, "/dev");
	drop(&dev);
	if (is_same(&place, &wanted) && !is_by_name(init, path, &wanted))
		fault_verify(init, EPERM, path, " leads to /dev, where nothing may be mounted by another name");
}
