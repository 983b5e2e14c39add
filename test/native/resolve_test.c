/* The helper's own resolution of paths, held to that of the kernel: the same answer to every path of up to three names.
 */
#include "resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "expect.h"
#include "suites.h"

enum { NAMES_MAX = 3 };

struct answer {
	int error;
	dev_t device;
	ino_t inode;
	mode_t mode;
};

static struct answer answer_of(int fd) {
	struct answer answer = {.error = fd == -1 ? errno : 0};
	struct stat status;
	if (fd == -1) return answer;
	if (fstat(fd, &status) == -1) {
		perror("fstat");
		exit(2);
	}
	answer.device = status.st_dev;
	answer.inode = status.st_ino;
	answer.mode = status.st_mode;
	close(fd);
	return answer;
}

static struct answer kernels_answer(int root, const char *path, int flags, bool symlinks) {
	struct open_how how = {
	    .flags = (unsigned long long)(flags | O_CLOEXEC),
	    .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (symlinks ? 0u : RESOLVE_NO_SYMLINKS),
	};
	for (;;) {
		struct answer answer = answer_of((int)syscall(SYS_openat2, root, path, &how, sizeof how));
		/* Something was renamed or mounted anywhere on the machine. */
		if (answer.error != EAGAIN) return answer;
	}
}

static int compared(int root, const char *path) {
	static const int flags[] = {O_PATH,
	                            O_PATH | O_DIRECTORY,
	                            O_PATH | O_NOFOLLOW,
	                            O_RDONLY | O_NONBLOCK,
	                            O_RDONLY | O_NONBLOCK | O_NOFOLLOW,
	                            O_RDONLY | O_DIRECTORY};
	int different = 0;
	for (size_t i = 0; i < 2 * sizeof flags / sizeof *flags; i++) {
		int flag = flags[i / 2];
		bool symlinks = i % 2 == 0;
		struct answer kernels = kernels_answer(root, path, flag, symlinks);
		struct answer ours = answer_of(try_open_below(root, path, flag, symlinks));
		if (kernels.error == ours.error && kernels.device == ours.device && kernels.inode == ours.inode &&
		    kernels.mode == ours.mode)
			continue;
		printf("FAILED %s with flags %#o%s: the kernel says %s, we say %s\n", path, (unsigned int)flag,
		       symlinks ? "" : ", no symlinks", strerror(kernels.error), strerror(ours.error));
		different++;
	}
	return different;
}

/* All paths of up to so many more names. */
static int compared_below(int root, char *path, size_t length, int names) {
	static const char *const alphabet[] = {"a",        "b",    "file", "fifo", "absolute", "climbing", "here",
	                                       "dangling", "loop", "deep", ".",    "..",       ""};
	int different = compared(root, length == 0 ? "/" : path);
	for (size_t i = 0; names > 0 && i < sizeof alphabet / sizeof *alphabet; i++) {
		size_t size = strlen(alphabet[i]);
		memcpy(path + length, alphabet[i], size);
		memcpy(path + length + size, "/", 2);
		path[length + size] = '\0';
		different += compared(root, size + length == 0 ? "/" : path);
		path[length + size] = '/';
		different += compared_below(root, path, length + size + 1, names - 1);
		path[length] = '\0';
	}
	return different;
}

static void make_tree(int root) {
	static const struct {
		const char *path, *target;
	} links[] = {{"absolute", "/a/b"},
	             {"climbing", "../../../a"},
	             {"here", "."},
	             {"dangling", "a/nowhere"},
	             {"loop", "loop"},
	             {"deep", "a/b/deep"},
	             {"a/absolute", "/b"},
	             {"a/climbing", ".././../file"},
	             {"a/b/deep", "../../file"},
	             {"a/b/here", "//a//./b/"},
	             {"a/loop", "../a/loop/b"}};
	static const char *const directories[] = {"a", "a/b", "a/b/a", "b", "b/a"};
	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) (void)mkdirat(root, directories[i], 0755);
	for (size_t i = 0; i < sizeof links / sizeof *links; i++) (void)symlinkat(links[i].target, root, links[i].path);
	close(openat(root, "file", O_CREAT | O_WRONLY, 0644));
	close(openat(root, "a/b/file", O_CREAT | O_WRONLY, 0644));
	(void)mkfifoat(root, "a/fifo", 0644);
}

void test_resolve(const struct place *place) {
	char path[256];
	snprintf(path, sizeof path, "%s/resolve", place->directory);
	(void)mkdir(path, 0755);
	int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	make_tree(root);
	/* These tests also run with openat2(2) made to fail. */
	if (is_openat2_missing(kernels_answer(root, "/", O_PATH, true).error)) {
		close(root);
		return;
	}
	path[0] = '\0';
	int different = compared_below(root, path, 0, NAMES_MAX);
	close(root);

	static const char *const inside_proc[] = {"self/root/etc",
	                                          "self/cwd",
	                                          "self/exe",
	                                          "self/fd/0",
	                                          "self/ns/mnt",
	                                          "mounts",
	                                          "net",
	                                          "self",
	                                          "self/status",
	                                          "self/root/..",
	                                          "thread-self/attr",
	                                          "sys/kernel/../kernel/ostype"};
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < sizeof inside_proc / sizeof *inside_proc; i++)
		different += compared(proc, inside_proc[i]);
	close(proc);
	expectations++;
	if (different > 0) failures++;
}
