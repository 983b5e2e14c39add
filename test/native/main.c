/*
 * Tests of the init helper without the rest of the runtime: init_helper_test <helper> <static busybox>. Needs root.
 * Prints what failed; ends with 0, 1 (failures) or 77 (cannot run here, and why).
 */
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "expect.h"
#include "suites.h"

/* No test takes longer; a helper that hangs is killed with us, for its output is our pipe. */
#define SECONDS_MAX 60

static int copy_file(const char *from, const char *to) {
	char chunk[65536];
	size_t length;
	FILE *source = fopen(from, "r"), *target = fopen(to, "w");
	if (source == NULL || target == NULL) return -1;
	while ((length = fread(chunk, 1, sizeof chunk, source)) > 0) {
		if (fwrite(chunk, 1, length, target) != length) return -1;
	}
	fclose(source);
	return fclose(target) == 0 ? chmod(to, 0755) : -1;
}

static int skip(const char *reason) {
	printf("SKIPPED: %s\n", reason);
	return 77;
}

int main(int argc, char **argv) {
	static char directory[] = "/tmp/init-helper-test-XXXXXX", busybox[64];
	if (argc != 3) return skip("the paths of the helper and of a static busybox are needed");
	if (geteuid() != 0) return skip("root is needed");
	if (unshare(CLONE_NEWNS) == -1) return skip("a mount namespace is needed");
	alarm(SECONDS_MAX);
	if (syscall(SYS_mount, NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) == -1 || mkdtemp(directory) == NULL ||
	    syscall(SYS_mount, "tmpfs", directory, "tmpfs", 0, NULL) == -1) {
		perror(directory);
		return 2;
	}
	snprintf(busybox, sizeof busybox, "%s/busybox", directory);
	if (copy_file(argv[2], busybox) == -1) {
		perror(argv[2]);
		return 2;
	}
	struct place place = {argv[1], busybox, directory};
	test_decoder(&place);
	test_containers(&place);
	test_hostile(&place);
	test_resolve(&place);
	test_processes(&place);
	test_namespaces(&place);
	printf("%d expectations, %d failed\n", expectations, failures);
	syscall(SYS_umount2, directory, 2 /* MNT_DETACH */);
	rmdir(directory);
	return failures == 0 ? 0 : 1;
}
