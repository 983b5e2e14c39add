/*
 * The container's terminal. Both ends come from the container's own devpts and are checked to be what they should be:
 * an image or a racing container may have put something else under their names (CVE-2025-52565).
 */
#include <errno.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "channel.h"
#include "mounting.h"
#include "operation.h"
#include "syscalls.h"
#include "text.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

/* Documentation/admin-guide/devices.txt: ptmx is 5:2, the slaves' majors are 136 to 143. */
enum { PTMX_MAJOR = 5, PTMX_MINOR = 2, SLAVE_FIRST_MAJOR = 136, SLAVE_LAST_MAJOR = 143 };

static struct stat check_devpts(const struct init *init, int fd, const char *text) {
	struct statfs fs;
	if (fstatfs(fd, &fs) == -1) fault_errno(init, TSRUN_CALL_statfs, text);
	struct stat status = status_of(init, fd, text);
	if (fs.f_type != DEVPTS_SUPER_MAGIC || !S_ISCHR(status.st_mode)) {
		fault_verify(init, ENODEV, text, " is not a device of a devpts");
	}
	return status;
}

static int open_as_master(struct init *init, int flags) {
	static const char path[] = "/dev/pts/ptmx";
	int master = try_open_inside(init, path, flags | O_NOFOLLOW, PATH_PLAIN);
	if (master == -1) fault_errno(init, TSRUN_CALL_openat2, path);
	struct stat status = check_devpts(init, master, path);
	if (major(status.st_rdev) != PTMX_MAJOR || minor(status.st_rdev) != PTMX_MINOR) {
		fault_verify(init, ENODEV, path, " is not the master of pseudo-terminals");
	}
	return master;
}

static int open_master(struct init *init) {
	/* Only a place at first: to open another device, which an image has put there, can be to use it. */
	int place = open_as_master(init, O_PATH);
	drop(&place);
	return open_as_master(init, O_RDWR | O_NOCTTY);
}

static int open_slave(const struct init *init, int master, struct text *name) {
	int locked = 0;
	unsigned int number;
	if (sys_ioctl(master, TIOCSPTLCK, &locked) == -1) fault_errno(init, TSRUN_CALL_ioctl, "TIOCSPTLCK");
	if (sys_ioctl(master, TIOCGPTN, &number) == -1) fault_errno(init, TSRUN_CALL_ioctl, "TIOCGPTN");
	text_start(name);
	text_add(name, "/dev/pts/");
	text_add_number(name, number, 10);
	int slave = sys_ioctl(master, TIOCGPTPEER, (void *)(uintptr_t)(O_RDWR | O_NOCTTY | O_CLOEXEC));
	if (slave == -1) fault_errno(init, TSRUN_CALL_ioctl, "TIOCGPTPEER");
	struct stat status = check_devpts(init, slave, name->at);
	unsigned int slave_major = major(status.st_rdev);
	if (slave_major < SLAVE_FIRST_MAJOR || slave_major > SLAVE_LAST_MAJOR) {
		fault_verify(init, ENODEV, name->at, " is not a pseudo-terminal");
	}
	return slave;
}

static void bind_console(struct init *init, int slave) {
	static const char path[] = "/dev/console";
	const char *name;
	int parent = make_parent(init, path, &name);
	int made = openat(parent, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (made == -1 && errno != EEXIST) fault_errno(init, TSRUN_CALL_open, path);
	drop(&made);
	int target = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (target == -1) fault_errno(init, TSRUN_CALL_open, path);
	drop(&parent);
	mode_t mode = status_of(init, target, path).st_mode;
	if (S_ISLNK(mode)) fault_verify(init, ELOOP, path, " is a symlink");
	int tree = sys_open_tree(slave, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (tree == -1) fault_errno(init, TSRUN_CALL_open_tree, path);
	if (sys_move_mount(tree, target) == -1) fault_errno(init, TSRUN_CALL_move_mount, path);
	drop(&tree);
	drop(&target);
}

static void make_stdio(const struct init *init, int slave) {
	/* Of the session new_session has made. */
	if (sys_ioctl(slave, TIOCSCTTY, NULL) == -1) fault_errno(init, TSRUN_CALL_ioctl, "TIOCSCTTY");
	for (int fd = 0; fd <= 2; fd++) {
		if (dup3(slave, fd, 0) == -1) fault_errno(init, TSRUN_CALL_dup3, NULL);
	}
}

void perform_console(struct init *init, struct reader *fields) {
	uint32_t set_size = read_u32(fields);
	struct winsize size = {0};
	size.ws_row = (unsigned short)read_u32(fields);
	size.ws_col = (unsigned short)read_u32(fields);
	uint32_t uid = read_u32(fields), bind = read_u32(fields);

	struct text name;
	int master = open_master(init);
	int slave = open_slave(init, master, &name);
	/* The group stays the one devpts gives it, tty by custom (its option gid=): mesg(1) and wall(1) go by that. */
	if (fchown(slave, uid, (gid_t)-1) == -1) fault_errno(init, TSRUN_CALL_fchown, name.at);
	if (fchmod(slave, 0620) == -1) fault_errno(init, TSRUN_CALL_fchmod, name.at);
	if (set_size && sys_ioctl(slave, TIOCSWINSZ, &size) == -1) fault_errno(init, TSRUN_CALL_ioctl, "TIOCSWINSZ");
	if (bind) bind_console(init, slave);
	send_report(init, TSRUN_CONSOLE, 0, name.at, master);
	drop(&master);
	make_stdio(init, slave);
	drop(&slave);
}
