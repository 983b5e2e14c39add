/*
 * One component after the other, each by openat(2) with O_NOFOLLOW from the directory before: the kernel follows no
 * link for us, and is never asked for "..". A link is put into the path in place of its name; ".." takes the last name
 * off what has been gone through, and that is gone through again from the root. So every step goes down from the root,
 * and nobody who exchanges directories and links meanwhile gets us anywhere else.
 */
#include "resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* As many as the kernel follows (path_resolution(7)). */
#define LINKS_MAX 40
/* ST_NOSYMFOLLOW of the kernel, which C libraries do not name. */
#define REPORTED_NOSYMFOLLOW 0x2000
/* The root of every procfs instance has this inode. */
#define PROC_ROOT_INO 1

struct walk {
	int root;
	int at; /* the directory reached: the root, or ours to close */
	bool symlinks;
	int links;
	size_t done;         /* length of */
	char gone[PATH_MAX]; /* the names gone through, a slash before each */
	char *next;          /* what is left of */
	char rest[PATH_MAX];
};

bool is_openat2_missing(int error) {
	return error == ENOSYS || error == EPERM;
}

static void go_to(struct walk *walk, int directory) {
	int error = errno;
	if (walk->at != walk->root) close(walk->at);
	walk->at = directory;
	errno = error;
}

static int failed(int error) {
	errno = error;
	return -1;
}

static int dropped(int fd, int error) {
	close(fd);
	return failed(error);
}

/* Takes the next name of a path: 0 when there is none; -1 and errno. */
static int try_take(char **path, char name[NAME_MAX + 1]) {
	*path += strspn(*path, "/");
	size_t length = strcspn(*path, "/");
	if (length > NAME_MAX) return failed(ENAMETOOLONG);
	memcpy(name, *path, length);
	name[length] = '\0';
	*path += length;
	return length > 0;
}

static int try_descend(struct walk *walk, int directory, const char *name) {
	size_t length = strlen(name);
	if (walk->done + length + 2 > sizeof walk->gone) return dropped(directory, ENAMETOOLONG);
	walk->gone[walk->done] = '/';
	memcpy(walk->gone + walk->done + 1, name, length + 1);
	walk->done += length + 1;
	go_to(walk, directory);
	return 0;
}

static int try_ascend(struct walk *walk) {
	while (walk->done > 0 && walk->gone[--walk->done] != '/') continue;
	walk->gone[walk->done] = '\0';
	go_to(walk, walk->root);
	char *again = walk->gone, name[NAME_MAX + 1];
	while (try_take(&again, name) > 0) {
		int directory = openat(walk->at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		/* It was there a moment ago, and no link. */
		if (directory == -1) return failed(errno == EACCES ? EACCES : EAGAIN);
		go_to(walk, directory);
	}
	return 0;
}

/*
 * Magic links are those of a process's directory in procfs. Below the root of a procfs there are few others, and those
 * are refused with them.
 */
static bool may_follow(const struct walk *walk, int link) {
	struct statfs fs;
	struct stat directory;
	if (!walk->symlinks || walk->links >= LINKS_MAX) return false;
	if (fstatfs(link, &fs) == -1 || fs.f_flags & REPORTED_NOSYMFOLLOW) return false;
	if (fs.f_type != PROC_SUPER_MAGIC) return true;
	return fstat(walk->at, &directory) == 0 && directory.st_ino == PROC_ROOT_INO;
}

static int try_follow(struct walk *walk, int link) {
	if (!may_follow(walk, link)) return failed(ELOOP);
	walk->links++;
	char target[PATH_MAX];
	ssize_t size = readlinkat(link, "", target, sizeof target);
	if (size == -1) return -1;
	size_t length = (size_t)size, left = strlen(walk->next);
	if (length + left >= sizeof walk->rest) return failed(ENAMETOOLONG);
	memmove(walk->rest + length, walk->next, left + 1);
	memcpy(walk->rest, target, length);
	walk->next = walk->rest;
	if (target[0] == '/') {
		walk->done = 0;
		go_to(walk, walk->root);
	}
	return 0;
}

/* The end of the path; `found` is an O_PATH descriptor of it. */
static int try_arrive(const struct walk *walk, int found, const char *name, const struct stat *status, int flags) {
	if (flags & O_PATH) {
		return flags & O_DIRECTORY && !S_ISDIR(status->st_mode) ? dropped(found, ENOTDIR) : found;
	}
	close(found);
	int fd = openat(walk->at, name, flags | O_NOFOLLOW | O_CLOEXEC);
	/* Not a link when it was looked at, unless one was asked for. */
	if (fd == -1 && errno == ELOOP && !S_ISLNK(status->st_mode)) return failed(EAGAIN);
	return fd;
}

static int try_walk(struct walk *walk, int flags) {
	char name[NAME_MAX + 1];
	for (;;) {
		int taken = try_take(&walk->next, name);
		if (taken == -1) return -1;
		if (taken == 0) return openat(walk->at, ".", flags | O_CLOEXEC);
		if (strcmp(name, ".") == 0) continue;
		if (strcmp(name, "..") == 0) {
			if (try_ascend(walk) == -1) return -1;
			continue;
		}
		int found = openat(walk->at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		struct stat status;
		if (found == -1) return -1;
		if (fstat(found, &status) == -1) return dropped(found, errno);
		bool last = *walk->next == '\0';
		if (S_ISLNK(status.st_mode) && !(last && flags & O_NOFOLLOW)) {
			int followed = try_follow(walk, found);
			(void)dropped(found, errno);
			if (followed == -1) return -1;
		} else if (last) {
			return try_arrive(walk, found, name, &status, flags);
		} else if (!S_ISDIR(status.st_mode)) {
			return dropped(found, ENOTDIR);
		} else if (try_descend(walk, found, name) == -1) {
			return -1;
		}
	}
}

int try_open_below(int root, const char *path, int flags, bool symlinks) {
	struct walk walk = {.root = root, .at = root, .symlinks = symlinks};
	size_t length = strlen(path);
	if (length >= sizeof walk.rest) return failed(ENAMETOOLONG);
	memcpy(walk.rest, path, length + 1);
	walk.next = walk.rest;
	int fd = try_walk(&walk, flags);
	go_to(&walk, root);
	return fd;
}
