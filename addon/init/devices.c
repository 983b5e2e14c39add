#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "mounting.h"
#include "operation.h"
#include "syscalls.h"
#include "text.h"

struct device {
	const char *path;
	mode_t type, mode;
	dev_t number;
	uint32_t uid, gid;
};

static mode_t type_bits(const struct init *init, uint32_t letter) {
	switch (letter) {
	case 'c': return S_IFCHR;
	case 'b': return S_IFBLK;
	case 'p': return S_IFIFO;
	default: fault(init, TSRUN_CALL_program, EINVAL, "a device type that is none of c, b, p");
	}
}

static bool is_device(const struct stat *status, const struct device *device) {
	if ((status->st_mode & S_IFMT) != device->type) return false;
	return device->type == S_IFIFO || status->st_rdev == device->number;
}

/* Mounts the source, a path of the host, onto an empty file (or whatever file there is) inside. */
static void bind_device(struct init *init, const char *path, const char *source, const struct device *expected) {
	int tree = sys_open_tree(AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree == -1) fault_errno(init, TSRUN_CALL_open_tree, source);
	struct stat status = status_of(init, tree, source);
	if (!is_device(&status, expected))
		fault_verify(init, ENODEV, source, " of the host is not the device asked for");
	enum path_rule rule = strncmp(path, "/dev/", 5) == 0 ? PATH_NO_SYMLINKS : PATH_PLAIN;
	int target = make_inside(init, path, false, 0644, rule);
	if (sys_move_mount(tree, target) == -1) fault_errno(init, TSRUN_CALL_move_mount, path);
	drop(&target);
	drop(&tree);
}

/* fchmod(2) refuses O_PATH descriptors; before fchmodat2 (6.6) only a path through procfs leads from one to its file.
 */
static void set_mode(const struct init *init, int fd, const struct device *device) {
	if (sys_fchmodat2(fd, "", device->mode, AT_EMPTY_PATH) == 0) return;
	if (errno != ENOSYS) fault_errno(init, TSRUN_CALL_fchmod, device->path);
	struct text path;
	text_start(&path);
	text_add(&path, "/proc/thread-self/fd/");
	text_add_number(&path, (uint64_t)fd, 10);
	if (fchmodat(AT_FDCWD, path.at, device->mode, 0) == -1) fault_errno(init, TSRUN_CALL_fchmod, device->path);
}

static void make_device(struct init *init, const struct device *device) {
	const char *name;
	int parent = make_parent(init, device->path, &name);
	mode_t mask = umask(0);
	int result = mknodat(parent, name, device->type | device->mode, device->number);
	int error = errno;
	umask(mask);
	if (result == -1 && error == EPERM) {
		drop(&parent);
		bind_device(init, device->path, device->path, device);
		return;
	}
	if (result == -1 && error != EEXIST) fault(init, TSRUN_CALL_mknod, error, device->path);
	int fd = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1) fault_errno(init, TSRUN_CALL_open, device->path);
	drop(&parent);
	struct stat status = status_of(init, fd, device->path);
	if (!is_device(&status, device))
		fault_verify(init, EEXIST, device->path, " exists and is not the device asked for");
	if ((status.st_uid != device->uid || status.st_gid != device->gid) &&
	    fchownat(fd, "", device->uid, device->gid, AT_EMPTY_PATH) == -1) {
		fault_errno(init, TSRUN_CALL_fchown, device->path);
	}
	if ((status.st_mode & 07777) != device->mode) set_mode(init, fd, device);
	drop(&fd);
}

static void read_number(const struct init *init, struct reader *fields, struct device *device) {
	device->type = type_bits(init, read_u32(fields));
	uint32_t major_number = read_u32(fields), minor_number = read_u32(fields);
	device->number = device->type == S_IFIFO ? 0 : makedev(major_number, minor_number);
}

void perform_device(struct init *init, struct reader *fields) {
	struct device device = {.path = read_str(fields)};
	read_number(init, fields, &device);
	device.mode = read_u32(fields) & 07777;
	device.uid = read_u32(fields);
	device.gid = read_u32(fields);
	make_device(init, &device);
}

void perform_device_bind(struct init *init, struct reader *fields) {
	struct device device = {.path = read_str(fields)};
	const char *source = read_str(fields);
	read_number(init, fields, &device);
	bind_device(init, device.path, source, &device);
}

static bool is_symlink(int parent, const char *name) {
	struct stat status;
	return fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
}

void perform_symlink(struct init *init, struct reader *fields) {
	const char *target = read_str(fields);
	const char *path = read_str(fields);
	const char *name;
	int parent = make_parent(init, path, &name);
	if (symlinkat(target, parent, name) == -1) {
		int error = errno;
		if (error != EEXIST || !is_symlink(parent, name)) fault(init, TSRUN_CALL_symlink, error, path);
	}
	drop(&parent);
}

void perform_ptmx(struct init *init, struct reader *fields) {
	(void)fields;
	static const char path[] = "/dev/ptmx";
	const char *name;
	int parent = make_parent(init, path, &name);
	if (unlinkat(parent, name, 0) == -1 && errno != ENOENT) fault_errno(init, TSRUN_CALL_unlink, path);
	if (symlinkat("pts/ptmx", parent, name) == -1) fault_errno(init, TSRUN_CALL_symlink, path);
	drop(&parent);
}
