/*
 * maps_ids DIRECTORY: 0 where the ids of a bind mount of the directory can be mapped, 1 where the kernel says that its
 * file system cannot, 2 where it could not be asked. mount(8) does not tell: before 2.39 it takes X-mount.idmap for a
 * comment.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* asm-generic/unistd.h, linux/mount.h, for headers that are older. */
enum { OPEN_TREE_CALL = 428, MOUNT_SETATTR_CALL = 442, IDMAP = 0x00100000, CLONE_TREE = 1, EMPTY_PATH = 0x1000 };
struct attributes {
	unsigned long long set, clear, propagation, namespace;
};

static void write_map(int pid, const char *name) {
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	int fd = open(path, O_WRONLY);
	if (fd == -1 || write(fd, "0 100000 1", 10) != 10) exit(2);
	close(fd);
}

/* The namespace of a process that makes one, and waits until it is had. */
static int mapped_namespace(void) {
	int ends[2];
	char byte = 0, path[64];
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == -1) exit(2);
	int pid = fork();
	if (pid == 0) {
		if (unshare(CLONE_NEWUSER) == -1 || write(ends[1], &byte, 1) != 1) _exit(2);
		_exit(read(ends[1], &byte, 1) == 1 ? 0 : 2);
	}
	close(ends[1]);
	if (pid == -1 || read(ends[0], &byte, 1) != 1) exit(2);
	write_map(pid, "uid_map");
	write_map(pid, "gid_map");
	snprintf(path, sizeof path, "/proc/%d/ns/user", pid);
	int namespace = open(path, O_RDONLY);
	if (namespace == -1 || write(ends[0], &byte, 1) != 1) exit(2);
	waitpid(pid, NULL, 0);
	return namespace;
}

int main(int argc, char **argv) {
	if (argc != 2) return 2;
	struct attributes attributes = {.set = IDMAP, .namespace = (unsigned long long)mapped_namespace()};
	int tree = (int)syscall(OPEN_TREE_CALL, AT_FDCWD, argv[1], CLONE_TREE | O_CLOEXEC);
	if (tree == -1) return 2;
	if (syscall(MOUNT_SETATTR_CALL, tree, "", EMPTY_PATH, &attributes, sizeof attributes) == 0) return 0;
	return errno == EINVAL || errno == ENOSYS ? 1 : 2;
}
