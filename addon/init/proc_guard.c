/*
 * What may be mounted on the container's /proc. Masks and read-only paths are applied by name, and a program inside
 * believes what it reads there: a volume in its place, put there by the image itself or by a symlink of the image that
 * leads another volume to it, would take all of that along (CVE-2019-16884, CVE-2019-19921).
 */
#include <errno.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "mounting.h"
#include "syscalls.h"

static bool is_procfs(const struct init *init, int fd, const char *text) {
	struct statfs fs;
	if (fstatfs(fd, &fs) == -1) fault_errno(init, TSRUN_CALL_statfs, text);
	return fs.f_type == PROC_SUPER_MAGIC;
}

void check_proc_place(struct init *init, int target, const struct proc_claim *claim, const char *path) {
	int proc = try_open_inside(init, "/proc", O_PATH, PATH_NO_FOLLOW);
	if (proc == -1) return;
	struct stat place = status_of(init, proc, "/proc"), wanted = status_of(init, target, path);
	drop(&proc);
	if (place.st_dev != wanted.st_dev) return;
	if (place.st_ino == wanted.st_ino) {
		bool right = claim->new_procfs || (claim->tree != -1 && is_procfs(init, claim->tree, path));
		if (!right) fault_verify(init, EPERM, path, " is /proc, where nothing but a procfs may be mounted");
	} else if (!claim->inside && is_procfs(init, target, path)) {
		fault_verify(init, EPERM, path, " leads into /proc, where nothing may be mounted by another name");
	}
}
