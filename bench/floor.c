/*
 * The kernel's own price of a container: one process in new mount, pid, network, ipc, uts and cgroup namespaces with
 * the mounts and devices of a default config, a changed root, and execve of the program given, then its end.
 * Nothing is checked, kept or undone that a runtime would have to.
 *
 *     floor ROOTFS CGROUP-DIRECTORY PROGRAM
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int ok, const char *what) {
	if (ok) return;
	fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	_exit(125);
}

static void mount_at(const char *type, const char *target, unsigned long flags, const char *data) {
	mkdir(target, 0755);
	must(mount(type, target, type, flags, data) == 0, target);
}

static void node(const char *path, int major, int minor) {
	must(mknod(path, S_IFCHR | 0666, makedev(major, minor)) == 0 || errno == EEXIST, path);
}

static void contain(const char *rootfs, char *program) {
	must(unshare(CLONE_NEWCGROUP) == 0, "unshare");
	must(mount(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL) == 0, "propagation");
	must(mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL) == 0, "bind");
	must(chdir(rootfs) == 0, "chdir");
	mount_at("proc", "proc", 0, NULL);
	mount_at("tmpfs", "dev", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
	mount_at("devpts", "dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5");
	mount_at("tmpfs", "dev/shm", MS_NOSUID | MS_NOEXEC | MS_NODEV, "mode=1777,size=65536k");
	mount_at("mqueue", "dev/mqueue", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL);
	mount_at("sysfs", "sys", MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RDONLY, NULL);
	node("dev/null", 1, 3);
	node("dev/zero", 1, 5);
	node("dev/full", 1, 7);
	node("dev/random", 1, 8);
	node("dev/urandom", 1, 9);
	node("dev/tty", 5, 0);
	must(syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root");
	must(umount2(".", MNT_DETACH) == 0, "umount2");
	must(chdir("/") == 0, "chdir /");
	sethostname("floor", 5);
	char *const argv[] = {program, NULL};
	char *const envp[] = {NULL};
	execve(program, argv, envp);
	must(0, "execve");
}

int main(int argc, char **argv) {
	if (argc != 4) {
		fprintf(stderr, "usage: floor ROOTFS CGROUP-DIRECTORY PROGRAM\n");
		return 125;
	}
	must(mkdir(argv[2], 0755) == 0, argv[2]);
	const int cgroup = open(argv[2], O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct clone_args args = {
	    .flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_INTO_CGROUP |
	             CLONE_VFORK,
	    .exit_signal = SIGCHLD,
	    .cgroup = (unsigned long long)cgroup,
	};
	const pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
	must(pid >= 0, "clone3");
	if (pid == 0) contain(argv[1], argv[3]);
	int status = 0;
	waitpid(pid, &status, 0);
	must(rmdir(argv[2]) == 0, "rmdir");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
