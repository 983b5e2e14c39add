#include <errno.h>
#include <sys/statvfs.h>

#include "filesystem.h"
#include "mounting.h"
#include "operation.h"
#include "syscalls.h"
#include "text.h"

/* ST_NOSYMFOLLOW of the kernel, which C libraries do not name. */
#define REPORTED_NOSYMFOLLOW 0x2000u

struct pair {
	uint64_t attribute;
	unsigned long flag;
};

static const struct pair pairs[] = {
    {MOUNT_ATTR_RDONLY, MS_RDONLY}, {MOUNT_ATTR_NOSUID, MS_NOSUID},         {MOUNT_ATTR_NODEV, MS_NODEV},
    {MOUNT_ATTR_NOEXEC, MS_NOEXEC}, {MOUNT_ATTR_NODIRATIME, MS_NODIRATIME}, {MOUNT_ATTR_NOSYMFOLLOW, MS_NOSYMFOLLOW},
};

struct attributes read_attributes(struct reader *fields) {
	struct attributes attributes;
	attributes.set = read_u64(fields);
	attributes.clear = read_u64(fields);
	attributes.rec_set = read_u64(fields);
	attributes.rec_clear = read_u64(fields);
	attributes.propagation = read_u64s(fields);
	return attributes;
}

unsigned long mount_flags(uint64_t attributes) {
	unsigned long flags = 0;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (attributes & pairs[i].attribute) flags |= pairs[i].flag;
	}
	/* relatime is 0 among the attributes and the kernel's default among the flags. */
	if (attributes & MOUNT_ATTR_NOATIME) flags |= MS_NOATIME;
	if (attributes & MOUNT_ATTR_STRICTATIME) flags |= MS_STRICTATIME;
	return flags;
}

/* mount(2) of a mount that has a descriptor only. The host's /proc serves: what is there leads to our own mounts. */
static int try_mount_flags(int mount, unsigned long flags) {
	struct text path;
	text_start(&path);
	text_add(&path, "/proc/thread-self/fd/");
	text_add_number(&path, (uint64_t)mount, 10);
	return sys_mount(NULL, path.at, NULL, flags, NULL);
}

/* For kernels before 5.12, of attached mounts: what is not mentioned stays as statvfs(3) reports it. */
static void remount(const struct init *init, int mount, uint64_t set, uint64_t clear, const char *text) {
	struct statvfs fs;
	if (fstatvfs(mount, &fs) == -1) fault_errno(init, TSRUN_CALL_statfs, text);
	unsigned long flags = 0;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		/* The values statvfs reports are those of MS_*, but for the youngest. */
		unsigned long reported = pairs[i].flag == MS_NOSYMFOLLOW ? REPORTED_NOSYMFOLLOW : pairs[i].flag;
		if (fs.f_flag & reported) flags |= pairs[i].flag;
	}
	if (!(clear & MOUNT_ATTR__ATIME))
		flags |= fs.f_flag & (MS_NOATIME | ST_RELATIME) ? fs.f_flag & MS_NOATIME : MS_STRICTATIME;
	flags &= ~mount_flags(clear);
	flags |= MS_REMOUNT | MS_BIND | mount_flags(set);
	if (try_mount_flags(mount, flags) == -1) fault_errno(init, TSRUN_CALL_mount, text);
}

/*
 * The locked atime flags of a mount that came from a more privileged user namespace cannot be changed (EPERM). Whoever
 * cleared a locked flag by name hears of it; where only an atime was asked for, the mount keeps its own.
 */
static int try_set(int mount, unsigned int flags, uint64_t set, uint64_t clear) {
	if ((set | clear) == 0) return 0;
	struct mount_attr attr = {.attr_set = set, .attr_clr = clear};
	if (sys_mount_setattr(mount, flags, &attr) == 0) return 0;
	/* A kernel that does not know the attribute (before 5.14) has no mount with it. */
	if (errno == EINVAL && clear & MOUNT_ATTR_NOSYMFOLLOW)
		return try_set(mount, flags, set, clear & ~(uint64_t)MOUNT_ATTR_NOSYMFOLLOW);
	/* nosymfollow is never locked. */
	if (errno != EPERM || (clear & ~(uint64_t)(MOUNT_ATTR__ATIME | MOUNT_ATTR_NOSYMFOLLOW)) != 0) return -1;
	if ((clear & MOUNT_ATTR__ATIME) == 0) {
		errno = EPERM;
		return -1;
	}
	return try_set(mount, flags, set & ~(uint64_t)(MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME),
	               clear & ~(uint64_t)MOUNT_ATTR__ATIME);
}

/* False where the kernel has no mount_setattr (before 5.12) and only the mount itself is concerned. */
static bool has_set(const struct init *init, int mount, const struct attributes *attributes, const char *text) {
	if (try_set(mount, AT_RECURSIVE, attributes->rec_set, attributes->rec_clear) == -1) {
		fault_errno(init, TSRUN_CALL_mount_setattr, text);
	}
	if (try_set(mount, 0, attributes->set, attributes->clear) == 0) return true;
	if (errno != ENOSYS) fault_errno(init, TSRUN_CALL_mount_setattr, text);
	return false;
}

static void propagate(const struct init *init, int mount, struct numbers propagation, const char *text) {
	for (uint32_t i = 0; i < propagation.count; i++) {
		uint64_t flags = number64(propagation, i);
		struct mount_attr attr = {.propagation = flags & ~(uint64_t)MS_REC};
		if (sys_mount_setattr(mount, flags & MS_REC ? AT_RECURSIVE : 0, &attr) == 0) continue;
		if (errno != ENOSYS) fault_errno(init, TSRUN_CALL_mount_setattr, text);
		if (try_mount_flags(mount, (unsigned long)flags) == -1) fault_errno(init, TSRUN_CALL_mount, text);
	}
}

void attach(const struct init *init, int tree, int target, const struct attributes *attributes, const char *text) {
	/* Before it is seen: a copy that propagates to a peer has the attributes too. */
	bool set = has_set(init, tree, attributes, text);
	if (sys_move_mount(tree, target) == -1) fault_errno(init, TSRUN_CALL_move_mount, text);
	if (!set) remount(init, tree, attributes->set, attributes->clear, text);
	/* After it: a mount put onto a shared one becomes shared, whatever it was. */
	propagate(init, tree, attributes->propagation, text);
}

void change_mount(const struct init *init, int mount, const struct attributes *attributes, const char *text) {
	if (!has_set(init, mount, attributes, text)) remount(init, mount, attributes->set, attributes->clear, text);
	propagate(init, mount, attributes->propagation, text);
}

void make_read_only(const struct init *init, int mount, const char *text) {
	struct attributes attributes = {.set = MOUNT_ATTR_RDONLY};
	change_mount(init, mount, &attributes, text);
}

void set_propagation(const struct init *init, const char *path, uint64_t flags) {
	if (sys_mount(NULL, path, NULL, (unsigned long)flags, NULL) == -1) fault_errno(init, TSRUN_CALL_mount, path);
}

void perform_propagation(struct init *init, struct reader *fields) {
	set_propagation(init, "/", read_u64(fields));
}

void perform_root_propagation(struct init *init, struct reader *fields) {
	set_propagation(init, "/", read_u64(fields));
}

void perform_remount(struct init *init, struct reader *fields) {
	const char *destination = read_str(fields);
	struct strings options = read_strs(fields);
	struct attributes attributes = read_attributes(fields);
	int mount = try_open_inside(init, destination, O_PATH, PATH_PLAIN);
	if (mount == -1) fault_errno(init, TSRUN_CALL_openat2, destination);
	if (options.count > 0) reconfigure(init, mount, options, destination);
	change_mount(init, mount, &attributes, destination);
	drop(&mount);
}

void perform_readonly(struct init *init, struct reader *fields) {
	const char *path = read_str(fields);
	int place = try_open_inside(init, path, O_PATH, PATH_PLAIN);
	if (place == -1) {
		if (errno == ENOENT) return;
		fault_errno(init, TSRUN_CALL_openat2, path);
	}
	int tree = sys_open_tree(place, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);
	if (tree == -1) fault_errno(init, TSRUN_CALL_open_tree, path);
	struct attributes attributes = {.set = MOUNT_ATTR_RDONLY};
	attach(init, tree, place, &attributes, path);
	drop(&tree);
	drop(&place);
}

void perform_readonly_root(struct init *init, struct reader *fields) {
	(void)fields;
	make_read_only(init, root_fd(init), "/");
}
