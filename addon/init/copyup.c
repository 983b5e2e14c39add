/* tmpcopyup: a new tmpfs begins with a copy of the directory it hides. Both sides are walked by descriptors. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/sendfile.h>

#include "mounting.h"
#include "syscalls.h"

/* Each level holds two descriptors and a buffer on the stack. */
#define DEPTH_MAX 128
#define ENTRIES_SIZE 2048
#define CHUNK (1 << 20)

/* What getdents64(2) writes. */
struct entry {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

struct copy {
	const struct init *init;
	const char *text;
};

static void copy_directory(const struct copy *copy, int from, int to, unsigned int depth);

static _Noreturn void failed(const struct copy *copy) {
	fault_errno(copy->init, TSRUN_CALL_copy, copy->text);
}

static void copy_bytes(const struct copy *copy, int from, int to) {
	ssize_t length;
	do length = sendfile(to, from, NULL, CHUNK);
	while (length > 0 || (length == -1 && errno == EINTR));
	if (length == -1) failed(copy);
}

static void copy_file(const struct copy *copy, int from, int to, const char *name, const struct stat *status) {
	/* O_NONBLOCK: should the file have become a fifo by now, we do not wait for its other end. */
	int source = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (source == -1) failed(copy);
	int target = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, status->st_mode & 07777);
	if (target == -1) failed(copy);
	copy_bytes(copy, source, target);
	drop(&source);
	drop(&target);
}

static void copy_link(const struct copy *copy, int from, int to, const char *name) {
	char target[4096];
	ssize_t length = readlinkat(from, name, target, sizeof target - 1);
	if (length == -1) failed(copy);
	target[length] = '\0';
	if (symlinkat(target, to, name) == -1) failed(copy);
}

static void copy_subdirectory(const struct copy *copy, int from, int to, const char *name, unsigned int depth) {
	int source = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (source == -1) failed(copy);
	if (mkdirat(to, name, 0700) == -1) failed(copy);
	int target = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (target == -1) failed(copy);
	copy_directory(copy, source, target, depth + 1);
	drop(&source);
	drop(&target);
}

static void copy_entry(const struct copy *copy, int from, int to, const char *name, unsigned int depth) {
	struct stat status;
	if (fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) == -1) failed(copy);
	switch (status.st_mode & S_IFMT) {
	case S_IFDIR: copy_subdirectory(copy, from, to, name, depth); break;
	case S_IFREG: copy_file(copy, from, to, name, &status); break;
	case S_IFLNK: copy_link(copy, from, to, name); break;
	default:
		if (mknodat(to, name, status.st_mode, status.st_rdev) == -1) {
			/* A user namespace makes no devices; nobody in it could have used them. */
			if (errno == EPERM) return;
			failed(copy);
		}
	}
	if (fchownat(to, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) == -1) failed(copy);
	/* After the owner: a change of it takes set-user-ID bits away. The tmpfs is ours alone, nothing can be
	 * exchanged. */
	if (!S_ISLNK(status.st_mode) && fchmodat(to, name, status.st_mode & 07777, 0) == -1) failed(copy);
	struct timespec times[] = {status.st_atim, status.st_mtim};
	if (utimensat(to, name, times, AT_SYMLINK_NOFOLLOW) == -1) failed(copy);
}

static void copy_directory(const struct copy *copy, int from, int to, unsigned int depth) {
	if (depth > DEPTH_MAX) fault(copy->init, TSRUN_CALL_copy, ELOOP, copy->text);
	_Alignas(struct entry) char buffer[ENTRIES_SIZE];
	for (;;) {
		long filled = syscall(SYS_getdents64, from, buffer, sizeof buffer);
		if (filled == -1) failed(copy);
		if (filled == 0) return;
		for (long at = 0; at < filled;) {
			const struct entry *entry = (const void *)(buffer + at);
			at += entry->length;
			if (strcmp(entry->name, ".") != 0 && strcmp(entry->name, "..") != 0) {
				copy_entry(copy, from, to, entry->name, depth);
			}
		}
	}
}

void copy_tree(const struct init *init, int from, int to, const char *text) {
	struct copy copy = {init, text};
	/* Both are O_PATH: reopened for reading their entries. */
	int source = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (source == -1) failed(&copy);
	int target = openat(to, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (target == -1) failed(&copy);
	copy_directory(&copy, source, target, 0);
	drop(&source);
	drop(&target);
}
