#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "container.h"
#include "expect.h"

/* A directory of the host that an image points at. */
static const char *make_outside(const struct place *place, const char *name) {
	static char path[1024];
	snprintf(path, sizeof path, "%s/%s", place->directory, name);
	mkdir(path, 0755);
	return path;
}

static int is_empty(const char *path) {
	DIR *directory = opendir(path);
	int entries = 0;
	while (directory != NULL && readdir(directory) != NULL) entries++;
	if (directory != NULL) closedir(directory);
	return entries == 2;
}

static void link_in(const char *rootfs, const char *path, const char *target) {
	char file[2048];
	snprintf(file, sizeof file, "%s/%s", rootfs, path);
	if (symlink(target, file) == -1) perror(file);
}

/* CVE-2026-41579: the fixed names of /dev, through a symlink of the image; wherever it leads, it is not followed. */
static void test_dev_link(const struct place *place) {
	struct program program;
	struct result result;
	const char *outside = make_outside(place, "outside-dev"), *rootfs = make_rootfs(place, "dev-link");
	link_in(rootfs, "dev", outside);
	add_root(&program, rootfs);
	add(&program, "device", "/dev/zero", (uint32_t)'c', 1u, 5u, 0666u, 0u, 0u);
	run_container(place, &program, 0, &result);
	expect_fault("device by a link", &result, "openat2", ELOOP, "/dev/");
	add_root(&program, rootfs);
	add(&program, "symlink", "/proc/self/fd", "/dev/fd");
	run_container(place, &program, 0, &result);
	expect_fault("symlink by a link", &result, "openat2", ELOOP, "/dev/");
	add_root(&program, rootfs);
	add(&program, "ptmx");
	run_container(place, &program, 0, &result);
	expect_fault("ptmx by a link", &result, "openat2", ELOOP, "/dev/");
	add_root(&program, rootfs);
	add(&program, "device_bind", "/dev/null", "/dev/null", (uint32_t)'c', 1u, 3u);
	run_container(place, &program, 0, &result);
	expect_fault("device bound by a link", &result, "openat2", ELOOP, "/dev/null");
	expect_true("/dev link", &result, is_empty(outside), "nothing outside was expected");
}

/* The same by a link to /dev, which would have a mount for another place put there; and one to the root. */
static void test_other_names(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "other-names");
	make_file(rootfs, "dev/.keep", "");
	link_in(rootfs, "data", "/dev");
	link_in(rootfs, "top", "../..");
	add_root(&program, rootfs);
	add_mount(&program, "/data", "tmpfs", "", 0, 0);
	run_container(place, &program, 0, &result);
	expect_fault("/dev by another name", &result, "verify", EPERM, "/data leads to /dev");
	add_root(&program, rootfs);
	add_mount(&program, "/top", "tmpfs", "", 0, 0);
	run_container(place, &program, 0, &result);
	expect_fault("/ by another name", &result, "verify", EPERM, "/top leads to the root directory");
}

/* CVE-2019-19921, CVE-2023-28642: /proc led elsewhere. */
static void test_proc_link(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "proc-link");
	link_in(rootfs, "proc", "bin");
	add_root(&program, rootfs);
	add_mount(&program, "/proc", "proc", "", 0, 2);
	run_container(place, &program, 0, &result);
	expect_fault("/proc link", &result, "openat2", ELOOP, "/proc");
}

/* CVE-2019-18837, CVE-2024-45310: mount targets made through symlinks, dangling ones too. */
static void test_target_links(const struct place *place) {
	struct program program;
	struct result result;
	const char *outside = make_outside(place, "outside-target"), *rootfs = make_rootfs(place, "target-link");
	char far[2048];
	snprintf(far, sizeof far, "../../../../../../../..%s/deep", outside);
	make_file(rootfs, "var/.keep", "");
	link_in(rootfs, "escape", far);
	link_in(rootfs, "var/run", "../run");
	link_in(rootfs, "loop", "loop/x");
	add_root(&program, rootfs);
	add_mount(&program, "/escape/inner", "tmpfs", "", 0, 0);
	add(&program, "make_directory", "/var/run/one/two", 0700u);
	add(&program, "bind", "/var/run/null", "/dev/null", "", TSRUN_NO_FD, (uint64_t)0, (uint64_t)0, (uint64_t)0,
	    (uint64_t)0, NO_LIST, 0u);
	add_shell(&program, "ls /escape; ls /run; stat -c %a /run/one/two");
	run_container(place, &program, 0, &result);
	expect_true("target links", &result, result.faults == 0, "no fault was expected");
	expect_output("target links", &result, "inner\nnull\none\n700\n");
	expect_true("target links", &result, is_empty(outside), "nothing outside was expected");

	add_root(&program, rootfs);
	add(&program, "make_directory", "/loop/y", 0755u);
	run_container(place, &program, 0, &result);
	expect_fault("endless link", &result, "openat2", ELOOP, "/loop/y");
}

/* CVE-2025-52565: /dev/console as a symlink. */
static void test_console_link(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "console-link");
	make_file(rootfs, "victim", "");
	add_root(&program, rootfs);
	add_mount(&program, "/dev/pts", "devpts", "newinstance,ptmxmode=0666", 0, 0);
	add(&program, "symlink", "/victim", "/dev/console");
	add(&program, "new_session");
	add(&program, "console", 0u, 0u, 0u, 0u, 1u);
	run_container(place, &program, 0, &result);
	expect_fault("console link", &result, "verify", ELOOP, "/dev/console is a symlink");
}

/* CVE-2024-21626: a working directory reached by a descriptor of the host. */
static void test_leaked_cwd(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "leaked-cwd");
	int outside = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	add_root(&program, rootfs);
	add_basics(&program);
	add(&program, "change_root", 0u);
	add(&program, "chdir", "/proc/self/fd/5", 0u);
	struct start start = {
	    .helper = place->helper, .flags = CLONE_NEWNS | CLONE_NEWPID, .handed = &outside, .handed_count = 1};
	run(&start, program.at, program.length, &result);
	expect_fault("leaked cwd", &result, "verify", EXDEV, "/proc/self/fd/5 is outside");
	close(outside);
}

/* An /etc/passwd that is a fifo holds nobody; one without the user gives /. */
static void test_passwd_fifo(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "passwd-fifo");
	char fifo[2048];
	make_file(rootfs, "etc/.keep", "");
	snprintf(fifo, sizeof fifo, "%s/etc/passwd", rootfs);
	mkfifo(fifo, 0644);
	add_root(&program, rootfs);
	add_shell(&program, "echo home=$HOME");
	run_container(place, &program, 0, &result);
	expect_success("fifo for passwd", &result);
	expect_output("fifo for passwd", &result, "home=/\n");
}

/* One that is a device is not even opened: with some of them that has an effect. */
static void test_passwd_device(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "passwd-device");
	char path[2048], events[4096];
	make_file(rootfs, "etc/.keep", "");
	snprintf(path, sizeof path, "%s/etc/passwd", rootfs);
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	/* mknod(2) may not be allowed here. */
	if (mknod(path, S_IFCHR | 0600, makedev(1, 3)) == -1 || inotify_add_watch(watch, path, IN_OPEN) == -1) return;
	add_root(&program, rootfs);
	add_shell(&program, "echo home=$HOME");
	run_container(place, &program, 0, &result);
	expect_success("device for passwd", &result);
	expect_output("device for passwd", &result, "home=/\n");
	expect_true("device for passwd", &result, read(watch, events, sizeof events) == -1 && errno == EAGAIN,
	            "it was opened");
	close(watch);
}

/* Nor is one that lies where the master of pseudo-terminals should be. */
static void test_ptmx_device(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "ptmx-device");
	char path[2048], events[4096];
	make_file(rootfs, "dev/pts/.keep", "");
	snprintf(path, sizeof path, "%s/dev/pts/ptmx", rootfs);
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (mknod(path, S_IFCHR | 0600, makedev(1, 3)) == -1 || inotify_add_watch(watch, path, IN_OPEN) == -1) return;
	add_root(&program, rootfs);
	add(&program, "new_session");
	add(&program, "console", 0u, 0u, 0u, 0u, 0u);
	run_container(place, &program, 0, &result);
	expect_fault("device for ptmx", &result, "verify", ENODEV, "/dev/pts/ptmx is not a device of a devpts");
	expect_true("device for ptmx", &result, read(watch, events, sizeof events) == -1 && errno == EAGAIN,
	            "it was opened");
	close(watch);
}

/* CVE-2025-52881: labels are written to files of the helper's own procfs, whatever the container's looks like. */
static void test_label_elsewhere(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "label");
	bool directory = access("/proc/self/attr/apparmor", F_OK) == 0;
	make_file(rootfs, "proc/thread-self/attr/exec", "");
	make_file(rootfs, "proc/thread-self/attr/apparmor/exec", "");
	make_file(rootfs, "proc/self/attr/exec", "");
	add_root(&program, rootfs);
	add(&program, "change_root", 0u);
	add(&program, "label", "apparmor/exec", "exec no such profile");
	run_container(place, &program, 0, &result);
	/* Without AppArmor nobody takes what is written; before Linux 5.8 its file is among those of all modules. */
	expect_fault("label elsewhere", &result, "write", 0,
	             directory ? "/proc/thread-self/attr/apparmor/exec" : "/proc/thread-self/attr/exec");
}

/* Those of SELinux are written to the files that are no module's own, of the helper's own procfs as well. */
static void test_selinux_labels(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "selinux");
	if (access("/sys/fs/selinux/enforce", F_OK) == 0) return;
	make_file(rootfs, "proc/thread-self/attr/exec", "");
	make_file(rootfs, "proc/thread-self/attr/keycreate", "");
	add_root(&program, rootfs);
	add(&program, "change_root", 0u);
	add(&program, "label", "exec", "u:r:t:s0");
	run_container(place, &program, 0, &result);
	/* Of EINVAL and EOPNOTSUPP the kernel says which modules it has; what counts is that it was asked. */
	expect_fault("SELinux label", &result, "write", 0, "/proc/thread-self/attr/exec");
	add_root(&program, rootfs);
	add(&program, "change_root", 0u);
	add(&program, "keyring", "name", "u:r:t:s0");
	run_container(place, &program, 0, &result);
	expect_fault("SELinux label of keys", &result, "write", 0, "/proc/thread-self/attr/keycreate");
}

/* The label of a message queue goes to nothing that an image, or a container beside it, has put in its place. */
static void test_mqueue_label(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "mqueue-label");
	make_file(rootfs, "dev/mqueue/file", "");
	add_root(&program, rootfs);
	add(&program, "mqueue_label", "/dev/mqueue", "u:r:t:s0");
	run_container(place, &program, 0, &result);
	expect_fault("mqueue label", &result, "verify", ENODEV, "/dev/mqueue is not the mqueue mounted there");

	add_root(&program, rootfs);
	add_mount(&program, "/dev/mqueue", "mqueue", "", 0, 0);
	add(&program, "mqueue_label", "/dev/mqueue", "u:r:t:s0");
	run_container(place, &program, CLONE_NEWIPC, &result);
	if (access("/sys/fs/selinux/enforce", F_OK) != 0) {
		expect_fault("mqueue label without SELinux", &result, "setxattr", EOPNOTSUPP, "/dev/mqueue");
	}
}

void test_hostile(const struct place *place) {
	test_dev_link(place);
	test_other_names(place);
	test_proc_link(place);
	test_target_links(place);
	test_console_link(place);
	test_leaked_cwd(place);
	test_passwd_fifo(place);
	test_passwd_device(place);
	test_ptmx_device(place);
	test_label_elsewhere(place);
	test_selinux_labels(place);
	test_mqueue_label(place);
}
