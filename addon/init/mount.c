#include <errno.h>
#include <string.h>

#include "filesystem.h"
#include "mounting.h"
#include "operation.h"
#include "syscalls.h"

enum {
	MOUNT_COPY_UP = 1,       /* a new tmpfs begins with what it hides */
	MOUNT_NO_SYMLINKS = 2,   /* proc and sysfs */
	MOUNT_KEEP_MODE = 4,     /* a tmpfs has the mode of the directory it hides */
	MOUNT_CGROUP2 = 8,       /* may be refused in a user namespace: then the fallback is bound */
	MOUNT_MAKE_PARENTS = 16, /* always done */
	MOUNT_NO_FOLLOW = 32,
};

struct destination {
	const char *path;
	int fd;
	bool existed;
	struct stat status;
};

static struct destination find_destination(struct init *init, const char *path, uint32_t flags) {
	enum path_rule rule = PATH_PLAIN;
	if (flags & MOUNT_NO_FOLLOW) rule = PATH_NO_FOLLOW;
	if (flags & MOUNT_NO_SYMLINKS) rule = PATH_NO_SYMLINKS;
	struct destination destination = {.path = path};
	destination.fd = try_open_inside(init, path, O_PATH, rule);
	destination.existed = destination.fd != -1;
	if (!destination.existed) destination.fd = make_inside(init, path, true, 0755, rule);
	destination.status = status_of(init, destination.fd, path);
	if (!S_ISDIR(destination.status.st_mode)) fault(init, TSRUN_CALL_openat2, ENOTDIR, path);
	return destination;
}

static void copy_up(const struct init *init, int mount, const struct destination *destination) {
	copy_tree(init, destination->fd, mount, destination->path);
	if (fchownat(mount, "", destination->status.st_uid, destination->status.st_gid, AT_EMPTY_PATH) == -1) {
		fault_errno(init, TSRUN_CALL_fchown, destination->path);
	}
}

/* The host's own mount in its place, where the kernel does not let this user namespace have one: true when bound. */
static bool has_bound_fallback(const struct init *init, int error, const char *fallback, uint32_t flags, int target,
                               struct attributes attributes, const char *path) {
	if (!(flags & MOUNT_CGROUP2) || *fallback == '\0' || (error != EPERM && error != EBUSY)) return false;
	int tree = sys_open_tree(AT_FDCWD, fallback, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	if (tree == -1) fault_errno(init, TSRUN_CALL_open_tree, fallback);
	/* CVE-2023-25809: what is read-only has to be so in all of the host's tree. */
	attributes.rec_set |= attributes.set & MOUNT_ATTR_RDONLY;
	attach(init, tree, target, &attributes, path);
	drop(&tree);
	return true;
}

void perform_mount(struct init *init, struct reader *fields) {
	const char *path = read_str(fields);
	struct filesystem filesystem = {0};
	filesystem.type = read_str(fields);
	filesystem.source = read_str(fields);
	filesystem.options = read_strs(fields);
	struct attributes attributes = read_attributes(fields);
	uint32_t flags = read_u32(fields);
	const char *fallback = read_str(fields);

	drop(&init->dev);
	struct destination destination = find_destination(init, path, flags);
	struct proc_claim claim = {.new_procfs = strcmp(filesystem.type, "proc") == 0, .tree = -1};
	check_proc_place(init, destination.fd, &claim, path);
	check_other_name(init, destination.fd, path);
	/* What is to be filled becomes read-only after it. */
	filesystem.attributes = attributes.set & ~(uint64_t)(flags & MOUNT_COPY_UP ? MOUNT_ATTR_RDONLY : 0);
	if (flags & MOUNT_KEEP_MODE && destination.existed)
		filesystem.mode = (destination.status.st_mode & 07777) | MODE_GIVEN;

	int mount = try_new_mount(&filesystem);
	if (mount != -1) {
		if (flags & MOUNT_COPY_UP) copy_up(init, mount, &destination);
		attach(init, mount, destination.fd, &attributes, path);
	} else if (!has_bound_fallback(init, filesystem.error, fallback, flags, destination.fd, attributes, path)) {
		/* What only mount(2) can say, it puts into place itself. */
		mount = mount_the_old_way(init, &filesystem, destination.fd, path);
		if (flags & MOUNT_COPY_UP) copy_up(init, mount, &destination);
		change_mount(init, mount, &attributes, path);
	}
	drop(&mount);
	drop(&destination.fd);
}

void perform_place_mount(struct init *init, struct reader *fields) {
	const char *path = read_str(fields);
	int mount = read_some_fd(fields);
	struct attributes attributes = read_attributes(fields);
	uint32_t flags = read_u32(fields);

	drop(&init->dev);
	struct destination destination = find_destination(init, path, flags);
	struct proc_claim claim = {.tree = mount};
	check_proc_place(init, destination.fd, &claim, path);
	check_other_name(init, destination.fd, path);
	if (flags & MOUNT_COPY_UP) copy_up(init, mount, &destination);
	attach(init, mount, destination.fd, &attributes, path);
	drop(&mount);
	drop(&destination.fd);
}
