#include <errno.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container.h"
#include "expect.h"

static void test_plain(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "plain");
	make_file(rootfs, "etc/passwd", "x:x:1:1::/wrong:/bin/sh\nroot:x:0:0:root:/root/home:/bin/sh\n");
	add_root(&program, rootfs);
	add_basics(&program);
	add(&program, "new_session");
	add(&program, "hostname", "inside");
	add(&program, "domainname", "domain");
	add(&program, "loopback");
	add(&program, "undumpable");
	add(&program, "barrier", 3u);
	add(&program, "keyring", "_ses.test", "");
	add(&program, "sysctl", "kernel/msgmax", "4242");
	add(&program, "sysctl", "net/ipv4/ip_forward", "1");
	add_shell(
	    &program,
	    "echo pid=$$ home=$HOME host=$(cat /proc/sys/kernel/hostname).$(cat /proc/sys/kernel/domainname); "
	    "echo msgmax=$(cat /proc/sys/kernel/msgmax) lo=$(cat /proc/net/if_inet6 | grep -c lo); "
	    "echo fds=$(ls /proc/self/fd | grep -c .); echo null=$(stat -c %t:%T:%a /dev/null); readlink /dev/ptmx;"
	    "grep -c . /proc/self/mountinfo; test -e /old && echo leaked");
	run_container(place, &program, CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET, &result);
	expect_true("plain", &result, result.faults == 0, "no fault was expected");
	expect_output("plain", &result, "pid=1 home=/root/home host=inside.domain");
	expect_output("plain", &result, "msgmax=4242 lo=1");
	/* 0 to 2, and the directory ls reads. */
	expect_output("plain", &result, "fds=4\n");
	expect_output("plain", &result, "null=1:3:666");
	expect_output("plain", &result, "pts/ptmx\n4\n");
	expect_no_output("plain", &result, "leaked");
}

static void test_mounts(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "mounts");
	char source[2048], file[2100];
	snprintf(source, sizeof source, "%s/mounts-source", place->directory);
	mkdir(source, 0755);
	make_file(source, "inner/file", "bound\n");
	snprintf(file, sizeof file, "%s/inner/file", source);
	make_file(rootfs, "up/sub/a", "copied\n");
	snprintf(source, sizeof source, "%s/up", rootfs);
	chmod(source, 0751);
	snprintf(source, sizeof source, "%s/mounts-source", place->directory);
	const struct list private = {1, {MS_PRIVATE}}, shared = {1, {MS_SHARED | MS_REC}};
	const char *const smaller[] = {"size=64k", NULL};

	add_root(&program, rootfs);
	add_basics(&program);
	add(&program, "bind", "/a/b", source, "", TSRUN_NO_FD, (uint64_t)MOUNT_ATTR_RDONLY, (uint64_t)0,
	    (uint64_t)MOUNT_ATTR_NOEXEC, (uint64_t)0, private, 1u);
	add(&program, "bind", "/a/file", file, "", TSRUN_NO_FD, (uint64_t)MOUNT_ATTR_NOATIME,
	    (uint64_t)MOUNT_ATTR__ATIME, (uint64_t)0, (uint64_t)0, shared, 0u);
	add_mount(&program, "/up", "tmpfs", "size=1m", MOUNT_ATTR_RDONLY, 1 | 4);
	add_mount(&program, "/mq", "mqueue", "", 0, 0);
	add_mount(&program, "/sys", "sysfs", "", MOUNT_ATTR_RDONLY, 2);
	add_mount(&program, "/tmp", "tmpfs", "", 0, 4);
	add(&program, "remount", "/tmp", smaller, (uint64_t)MOUNT_ATTR_RDONLY, (uint64_t)0, (uint64_t)0, (uint64_t)0,
	    NO_LIST);
	add(&program, "readonly", "/proc/sys");
	add(&program, "readonly", "/not/there");
	add(&program, "mask", "/proc/version");
	add(&program, "mask", "/proc/scsi-not-there");
	add(&program, "mask", "/sys/firmware");
	add(&program, "mask", "/proc/bus");
	add(&program, "make_directory", "/made/deep", 0711u);
	add(&program, "readonly_root");
	add_shell(
	    &program,
	    "cat /a/b/inner/file /a/file /up/sub/a; stat -c mode=%a /up; stat -c tmp=%a /tmp; stat -c made=%a "
	    "/made/deep;"
	    "for d in /a/b /up /tmp / /proc/sys/kernel; do echo x 2>/dev/null > $d/w && echo wrote $d; done;"
	    "ls /sys/firmware /proc/bus; cat /proc/version; grep -E ' (/|/a/b|/a/file|/tmp) ' /proc/self/mountinfo");
	run_container(place, &program, CLONE_NEWIPC | CLONE_NEWNET, &result);
	expect_true("mounts", &result, result.faults == 0, "no fault was expected");
	expect_output("mounts", &result, "bound\nbound\ncopied\nmode=751\n");
	expect_output("mounts", &result, "tmp=1777\nmade=711\n");
	expect_no_output("mounts", &result, "wrote");
	expect_output("mounts", &result, " /a/b ro,noexec,");
	expect_output("mounts", &result, " /a/file rw,noatime shared:");
	expect_output("mounts", &result, " - tmpfs tmpfs rw,size=64k");
}

static void test_overlay(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "overlay");
	char lower[4096], options[8192];
	make_file(place->directory, "layers/l1/one", "1");
	make_file(place->directory, "layers/l2/two", "2");
	make_file(place->directory, "layers/up/three", "3");
	make_file(place->directory, "layers/work/.keep", "");
	/* Longer than fsconfig(2) takes: mount(2) has to do it. */
	size_t used =
	    (size_t)snprintf(lower, sizeof lower, "%s/layers/l1:%s/layers/l2", place->directory, place->directory);
	while (used < 400) used += (size_t)snprintf(lower + used, sizeof lower - used, "/.");
	snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s/layers/up,workdir=%s/layers/work", lower,
	         place->directory, place->directory);
	add_root(&program, rootfs);
	add_mount(&program, "/merged", "overlay", options, MOUNT_ATTR_RDONLY, 0);
	add_shell(&program, "ls /merged; echo x 2>/dev/null > /merged/w && echo wrote");
	run_container(place, &program, 0, &result);
	expect_true("overlay", &result, result.faults == 0, "no fault was expected");
	expect_output("overlay", &result, "one\nthree\ntwo\n");
	expect_no_output("overlay", &result, "wrote");
}

static void test_refusals(const struct place *place) {
	struct program program;
	struct result result;
	const char *rootfs = make_rootfs(place, "refusals");
	add_root(&program, rootfs);
	add_mount(&program, "/x", "nosuchfs", "", 0, 0);
	run_container(place, &program, 0, &result);
	expect_fault("unknown file system", &result, "fsopen", ENODEV, "nosuchfs");

	add_root(&program, rootfs);
	add_mount(&program, "/x", "tmpfs", "nosuchoption=1", 0, 0);
	run_container(place, &program, 0, &result);
	expect_fault("unknown option", &result, "fsconfig", EINVAL,
	             "nosuchoption=1: tmpfs: Unknown parameter 'nosuchoption'");

	add_root(&program, rootfs);
	add(&program, "bind", "/x", "/no/such/source", "", TSRUN_NO_FD, (uint64_t)0, (uint64_t)0, (uint64_t)0,
	    (uint64_t)0, NO_LIST, 1u);
	run_container(place, &program, 0, &result);
	expect_fault("missing source", &result, "open_tree", ENOENT, "/no/such/source");

	add_root(&program, rootfs);
	add(&program, "bind", "/bin", place->busybox, "", TSRUN_NO_FD, (uint64_t)0, (uint64_t)0, (uint64_t)0,
	    (uint64_t)0, NO_LIST, 0u);
	run_container(place, &program, 0, &result);
	expect_fault("file over directory", &result, "move_mount", ENOTDIR, " -> /bin");

	add_root(&program, rootfs);
	make_file(rootfs, "dev/null", "not a device");
	add(&program, "device", "/dev/null", (uint32_t)'c', 1u, 3u, 0666u, 0u, 0u);
	run_container(place, &program, 0, &result);
	expect_fault("another file in a device's place", &result, "verify", EEXIST, "/dev/null exists");
}

static void test_roots(const struct place *place) {
	struct program program;
	struct result result;
	const char *const args[] = {"/bin/sh", "-c", "ls /; grep -c . /proc/mounts", NULL}, *const env[] = {NULL};
	for (uint32_t method = 1; method <= 2; method++) {
		const char *rootfs = make_rootfs(place, method == 1 ? "moved" : "chrooted");
		make_file(rootfs, "marker", "");
		add_root(&program, rootfs);
		add(&program, "change_root", method);
		add(&program, "chdir", "/", 0u);
		add(&program, "find_program", "/bin/sh", "");
		add(&program, "exec", args, env);
		run_container(place, &program, 0, &result);
		expect_true("roots", &result, result.faults == 0, "no fault was expected");
		expect_output("roots", &result, "bin\nmarker\n");
	}
}

void test_containers(const struct place *place) {
	test_plain(place);
	test_mounts(place);
	test_overlay(place);
	test_refusals(place);
	test_roots(place);
}
