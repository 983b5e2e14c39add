#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container.h"
#include "expect.h"

static void test_user(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "user");
	add_root(&program, rootfs);
	/* Not in add_basics' way: a procfs is granted, mknod(2) is not and becomes a bind mount. */
	add(&program, "become_root", 1u);
	add_basics(&program);
	add(&program, "hostname", "user");
	add(&program, "loopback");
	add(&program, "sysctl", "net/ipv4/ip_forward", "1");
	add(&program, "mask", "/proc/version");
	add(&program, "readonly", "/proc/sys");
	add_shell(
	    &program,
	    "id -u; cat /proc/sys/net/ipv4/ip_forward; stat -c %t:%T /dev/null; cat /proc/version; echo x > /dev/null;"
	    "grep -c ' /dev/null ' /proc/self/mountinfo");
	run_container(place, &program, CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC, &result);
	expect_success("user namespace", &result);
	expect_output("user namespace", &result, "0\n1\n1:3\n1\n");
}

/* A locked flag that is cleared by name is refused; what is not mentioned is kept. */
static void test_locked(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "locked");
	char source[2048];
	snprintf(source, sizeof source, "%s/locked-source", place->directory);
	mkdir(source, 0755);
	syscall(SYS_mount, "tmpfs", source, "tmpfs", MS_RDONLY | MS_NOEXEC | MS_NOATIME, NULL);
	add_root(&program, rootfs);
	add(&program, "bind", "/x", source, "", TSRUN_NO_FD, (uint64_t)0, (uint64_t)MOUNT_ATTR_RDONLY, (uint64_t)0,
	    (uint64_t)0, NO_LIST, 1u);
	run_container(place, &program, CLONE_NEWUSER, &result);
	expect_fault("locked flag", &result, "mount_setattr", EPERM, "/x");

	add_root(&program, rootfs);
	add(&program, "bind", "/x", source, "", TSRUN_NO_FD, (uint64_t)MOUNT_ATTR_NOSUID, (uint64_t)MOUNT_ATTR__ATIME,
	    (uint64_t)0, (uint64_t)0, NO_LIST, 1u);
	add_mount(&program, "/proc", "proc", "", 0, 2);
	add_shell(&program, "grep ' /x ' /proc/self/mountinfo");
	run_container(place, &program, CLONE_NEWUSER, &result);
	expect_success("locked atime", &result);
	expect_output("locked atime", &result, " /x ro,nosuid,noexec,noatime ");
}

/* The kernel grants no cgroup2 in a user namespace that shares the cgroup namespace: the fallback is bound, all of it
 * read-only. */
static void test_cgroup_fallback(const struct place *place) {
	struct program program;
	struct result result;
	const char *const none[] = {NULL};
	char fallback[2048];
	make_file(place->directory, "fallback/cgroup.procs", "the host's\n");
	snprintf(fallback, sizeof fallback, "%s/fallback", place->directory);
	add_root(&program, make_rootfs(place, "cgroup"));
	add(&program, "mount", "/sys/fs/cgroup", "cgroup2", "cgroup", none, (uint64_t)MOUNT_ATTR_RDONLY, (uint64_t)0,
	    (uint64_t)0, (uint64_t)0, NO_LIST, 8u, fallback);
	add_shell(&program, "cat /sys/fs/cgroup/cgroup.procs; echo x 2>/dev/null > /sys/fs/cgroup/w && echo wrote");
	run_container(place, &program, CLONE_NEWUSER, &result);
	expect_true("cgroup fallback", &result, result.faults == 0, "no fault was expected");
	expect_output("cgroup fallback", &result, "the host's\n");
	expect_no_output("cgroup fallback", &result, "wrote");
}

/* A process that holds fresh namespaces until it is killed. */
static int hold_namespaces(unsigned long flags) {
	int ready[2];
	char byte;
	if (pipe2(ready, O_CLOEXEC) == -1) return -1;
	int pid = (int)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		(void)!sethostname("held", 4);
		(void)!write(ready[1], "", 1);
		for (;;) pause();
	}
	close(ready[1]);
	(void)!read(ready[0], &byte, 1);
	close(ready[0]);
	return pid;
}

static int open_namespace(int pid, const char *name) {
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void run_joining(const struct place *place, struct program *program, const int *handed, int count,
                        struct result *result) {
	const char *const args[] = {"busybox", "hostname", NULL}, *const env[] = {NULL};
	add(program, "find_program", place->busybox, "");
	add(program, "exec", args, env);
	struct start start = {.helper = place->helper, .handed = handed, .handed_count = count};
	run(&start, program->at, program->length, result);
}

/* The uts namespace is the user namespace's own: it can be joined after that only, whatever the order of the list. */
static void test_join(const struct place *place) {
	struct program program;
	struct result result;
	const char *const paths[] = {"/uts", "/user", NULL};
	int pid = hold_namespaces(CLONE_NEWUSER | CLONE_NEWUTS);
	const int handed[] = {open_namespace(pid, "uts"), open_namespace(pid, "user"),
	                      (int)syscall(SYS_pidfd_open, pid, 0)};

	program_begin(&program);
	add(&program, "undumpable");
	add(&program, "join_namespaces", (struct list){2, {0, 1}}, (struct list){2, {CLONE_NEWUTS, CLONE_NEWUSER}},
	    paths);
	run_joining(place, &program, handed, 3, &result);
	expect_success("join", &result);
	expect_output("join", &result, "held\n");

	program_begin(&program);
	add(&program, "join_process", 2u, (uint64_t)(CLONE_NEWUTS | CLONE_NEWUSER));
	run_joining(place, &program, handed, 3, &result);
	expect_success("join a process", &result);
	expect_output("join a process", &result, "held\n");

	program_begin(&program);
	add(&program, "join_namespaces", (struct list){1, {0}}, (struct list){1, {CLONE_NEWNET}},
	    (const char *const[]){"/uts", NULL});
	run_joining(place, &program, handed, 3, &result);
	expect_fault("join by a wrong type", &result, "setns", EINVAL, "/uts");

	for (int i = 0; i < 3; i++) close(handed[i]);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int connect_to(const char *path) {
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	return connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

/* As `start` does it, after one that gave up: 0 when init said GOING and nothing more until it became the program. */
static int start_as_host(const char *path) {
	struct tsrun_command go = {TSRUN_GO, 0};
	struct tsrun_message answer;
	int early = connect_to(path);
	close(early);
	int fd = connect_to(path);
	if (fd == -1 || send(fd, &go, sizeof go, MSG_NOSIGNAL) == -1) return 1;
	if (recv(fd, &answer, sizeof answer, 0) != (ssize_t)sizeof answer || answer.kind != TSRUN_GOING) return 2;
	return recv(fd, &answer, sizeof answer, 0) == 0 ? 0 : 3;
}

static void test_start(const struct place *place) {
	struct program program;
	struct result result;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s/start.socket", place->directory);
	int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), status;
	if (bind(listener, (const struct sockaddr *)&address, sizeof address) == -1 || listen(listener, 8) == -1) {
		perror(address.sun_path);
		exit(2);
	}
	int pid = fork();
	if (pid == 0) {
		/* Or a helper that failed would leave us waiting for ourselves. */
		close(listener);
		alarm(30);
		_exit(start_as_host(address.sun_path));
	}
	add_root(&program, make_rootfs(place, "start"));
	add(&program, "wait_start", 0u);
	add_shell(&program, "echo started");
	struct start start = {
	    .helper = place->helper, .flags = CLONE_NEWNS | CLONE_NEWPID, .handed = &listener, .handed_count = 1};
	run(&start, program.at, program.length, &result);
	close(listener);
	waitpid(pid, &status, 0);
	expect_success("start", &result);
	expect_output("start", &result, "started\n");
	expect_true("start", &result, status == 0, "GOING and an end were expected by the starter");
}

void test_namespaces(const struct place *place) {
	test_user(place);
	test_locked(place);
	test_cgroup_fallback(place);
	test_join(place);
	test_start(place);
}
