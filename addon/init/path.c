#include "path.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "resolve.h"
#include "syscalls.h"

/* openat2 answers EAGAIN when a rename raced with it. */
#define RACE_TRIES 128
/* As many dangling symlinks are followed while something is made as the kernel follows real ones. */
#define LINKS_MAX 40

int root_fd(struct init *init) {
	if (init->root != -1) return init->root;
	init->root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (init->root == -1) fault_errno(init, TSRUN_CALL_open, "/");
	return init->root;
}

int try_open_inside(struct init *init, const char *path, int flags, enum path_rule rule) {
	if (rule == PATH_NO_FOLLOW) flags |= O_NOFOLLOW;
	struct open_how how = {
	    .flags = (unsigned long long)(flags | O_CLOEXEC),
	    .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (rule == PATH_NO_SYMLINKS ? RESOLVE_NO_SYMLINKS : 0u),
	};
	int root = root_fd(init), fd = -1;
	for (int tries = 0; tries < RACE_TRIES; tries++) {
		/* "" is the root as well as "/" is. */
		fd = sys_openat2(root, *path == '\0' ? "/" : path, &how);
		if (fd == -1 && is_openat2_missing(errno)) {
			fd = try_open_below(root, path, flags, rule != PATH_NO_SYMLINKS);
		}
		if (fd != -1 || (errno != EAGAIN && errno != EINTR)) break;
	}
	return fd;
}

struct stat status_of(const struct init *init, int fd, const char *text) {
	struct stat status;
	if (fstat(fd, &status) == -1) fault_errno(init, TSRUN_CALL_fstat, text);
	return status;
}

/* What is left to be made: `rest` below the directory `at`. `path` is where `at` is, for a symlink's relative target.
 */
struct walk {
	int at;
	size_t prefix; /* length of the part of `path` that exists */
	char path[PATH_MAX];
};

static void copy_path(const struct init *init, char *to, const char *from) {
	size_t length = strlen(from);
	if (length >= PATH_MAX) fault(init, TSRUN_CALL_openat2, ENAMETOOLONG, from);
	memcpy(to, from, length + 1);
}

/* Opens the longest part of walk->path that exists. */
static void open_longest_prefix(struct init *init, struct walk *walk, enum path_rule rule) {
	size_t end = strlen(walk->path);
	for (;;) {
		while (end > 0 && walk->path[end - 1] == '/') end--;
		while (end > 0 && walk->path[end - 1] != '/') end--;
		char saved = walk->path[end];
		walk->path[end] = '\0';
		walk->at = try_open_inside(init, walk->path, O_PATH | O_DIRECTORY, rule);
		walk->path[end] = saved;
		walk->prefix = end;
		if (walk->at != -1) return;
		if (errno != ENOENT || end == 0) fault_errno(init, TSRUN_CALL_openat2, walk->path);
	}
}

/* Writes "prefix/target/after" (or "target/after") into walk->path: where a dangling symlink says things have to go. */
static void follow_dangling(const struct init *init, struct walk *walk, const char *target, const char *after) {
	char path[PATH_MAX];
	size_t prefix = target[0] == '/' ? 0 : walk->prefix;
	size_t length = strlen(target), rest = strlen(after);
	if (prefix + length + rest + 2 > sizeof path) fault(init, TSRUN_CALL_readlink, ENAMETOOLONG, target);
	memcpy(path, walk->path, prefix);
	memcpy(path + prefix, target, length);
	path[prefix + length] = '/';
	memcpy(path + prefix + length + 1, after, rest + 1);
	if (rest == 0) path[prefix + length] = '\0';
	copy_path(init, walk->path, path);
}

static int try_make(int at, const char *name, bool directory, mode_t mode) {
	if (directory) return mkdirat(at, name, mode);
	int fd = openat(at, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd == -1) return -1;
	close(fd);
	return 0;
}

/* Makes the missing components below the prefix; false when one is a dangling symlink, which walk->path now follows. */
static bool has_made(struct init *init, struct walk *walk, bool directory, mode_t mode, enum path_rule rule) {
	char *name = walk->path + walk->prefix;
	for (;;) {
		size_t length = strcspn(name, "/");
		char *after = name + length + strspn(name + length, "/");
		bool last = *after == '\0', made_directory = directory || !last;
		name[length] = '\0';
		if (strcmp(name, "..") == 0) fault(init, TSRUN_CALL_openat2, ENOENT, walk->path);
		if (length > 0 && strcmp(name, ".") != 0) {
			if (try_make(walk->at, name, made_directory, last ? mode : 0755) == -1) {
				if (errno != EEXIST)
					fault_errno(init, made_directory ? TSRUN_CALL_mkdir : TSRUN_CALL_open,
					            walk->path);
				char target[PATH_MAX];
				ssize_t size = readlinkat(walk->at, name, target, sizeof target - 1);
				if (size > 0 && rule == PATH_PLAIN) {
					target[size] = '\0';
					follow_dangling(init, walk, target, after);
					return false;
				}
			}
			int below = openat(walk->at, name,
			                   O_PATH | O_NOFOLLOW | O_CLOEXEC | (made_directory ? O_DIRECTORY : 0));
			if (below == -1) fault_errno(init, TSRUN_CALL_open, walk->path);
			close(walk->at);
			walk->at = below;
		}
		if (last) return true;
		name[length] = '/';
		name = after;
		walk->prefix = (size_t)(name - walk->path);
	}
}

int make_inside(struct init *init, const char *path, bool directory, mode_t mode, enum path_rule rule) {
	struct walk walk;
	copy_path(init, walk.path, path);
	for (int links = 0; links < LINKS_MAX; links++) {
		int there = try_open_inside(init, walk.path, O_PATH, rule);
		if (there != -1) return there;
		if (errno != ENOENT) fault_errno(init, TSRUN_CALL_openat2, path);
		open_longest_prefix(init, &walk, rule == PATH_NO_SYMLINKS ? PATH_NO_SYMLINKS : PATH_PLAIN);
		if (has_made(init, &walk, directory, mode, rule)) return walk.at;
		drop(&walk.at);
	}
	fault(init, TSRUN_CALL_openat2, ELOOP, path);
}

int make_parent(struct init *init, const char *path, const char **name) {
	const char *slash = strrchr(path, '/');
	*name = slash == NULL ? path : slash + 1;
	if (**name == '\0' || strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0) {
		fault(init, TSRUN_CALL_openat2, EINVAL, path);
	}
	char directory[PATH_MAX];
	size_t length = (size_t)(*name - path);
	if (length >= sizeof directory) fault(init, TSRUN_CALL_openat2, ENAMETOOLONG, path);
	memcpy(directory, path, length);
	directory[length] = '\0';
	/* The fixed names of /dev are made next to each other: one look-up serves them all (CVE-2026-41579). A symlink
	 * would choose where, inside: a volume of the host for instance, which has not to be touched. */
	bool dev = strcmp(directory, "/dev/") == 0;
	if (!dev) return make_inside(init, directory, true, 0755, PATH_PLAIN);
	if (init->dev == -1) init->dev = make_inside(init, directory, true, 0755, PATH_NO_SYMLINKS);
	int copy = fcntl(init->dev, F_DUPFD_CLOEXEC, 3);
	if (copy == -1) fault_errno(init, TSRUN_CALL_dup3, directory);
	return copy;
}
