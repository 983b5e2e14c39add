/* Labels of security modules, and the session keyring, whose label is one of them. */
#include <errno.h>
#include <linux/keyctl.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/xattr.h>

#include "operation.h"
#include "path.h"
#include "procfs.h"
#include "syscalls.h"
#include "text.h"

/* ipc/mqueue.c of the kernel. */
#define MQUEUE_MAGIC 0x19800202
/* Search permission for whoever has our uid (keyrings(7)): processes that exec adds find the keys by it. */
#define KEY_USR_SEARCH 0x00080000u

static const char attributes[] = "thread-self/attr/";

/* Before Linux 5.8 AppArmor has no directory of its own, and the files around it are those of the one module there is.
 */
static bool is_without_directory(struct init *init) {
	struct text path;
	text_start(&path);
	text_add(&path, attributes);
	text_add(&path, "apparmor");
	int directory = try_procfs_open(init, PROCFS_PROCESSES, path.at, O_RDONLY | O_DIRECTORY);
	bool without = directory == -1 && errno == ENOENT;
	drop(&directory);
	return without;
}

static void write_label(struct init *init, const char *file, const char *value) {
	static const char apparmor[] = "apparmor/";
	if (strncmp(file, apparmor, sizeof apparmor - 1) == 0 && is_without_directory(init))
		file += sizeof apparmor - 1;
	struct text path;
	text_start(&path);
	text_add(&path, attributes);
	text_add(&path, file);
	procfs_write(init, PROCFS_PROCESSES, path.at, value);
}

void perform_label(struct init *init, struct reader *fields) {
	const char *file = read_str(fields);
	const char *value = read_str(fields);
	write_label(init, file, value);
}

void perform_mqueue_label(struct init *init, struct reader *fields) {
	const char *destination = read_str(fields);
	const char *value = read_str(fields);
	int root = try_open_inside(init, destination, O_RDONLY | O_DIRECTORY, PATH_PLAIN);
	if (root == -1) fault_errno(init, TSRUN_CALL_openat2, destination);
	struct statfs fs;
	if (fstatfs(root, &fs) == -1) fault_errno(init, TSRUN_CALL_statfs, destination);
	/* An image or a racing container may have put something of the host's there. */
	if (fs.f_type != MQUEUE_MAGIC) fault_verify(init, ENODEV, destination, " is not the mqueue mounted there");
	if (fsetxattr(root, "security.selinux", value, strlen(value) + 1, 0) == -1) {
		fault_errno(init, TSRUN_CALL_setxattr, destination);
	}
	drop(&root);
}

/* keyctl(2), KEYCTL_DESCRIBE: "type;uid;gid;permissions in hex;description". */
static bool has_parsed_permissions(const char *description, uint32_t *permissions) {
	for (int skipped = 0; skipped < 3; skipped++) {
		description = strchr(description, ';');
		if (description == NULL) return false;
		description++;
	}
	uint32_t value = 0;
	for (; *description != ';' && *description != '\0'; description++) {
		const char *digit = strchr("0123456789abcdef", *description);
		if (digit == NULL) return false;
		value = value << 4 | (uint32_t)(digit - "0123456789abcdef");
	}
	*permissions = value;
	return true;
}

static void let_search(const struct init *init, long keyring) {
	char description[512];
	uint32_t permissions;
	long length = syscall(SYS_keyctl, KEYCTL_DESCRIBE, keyring, description, sizeof description - 1);
	if (length == -1) fault_errno(init, TSRUN_CALL_keyctl, "KEYCTL_DESCRIBE");
	description[(size_t)length < sizeof description ? (size_t)length : sizeof description - 1] = '\0';
	if (!has_parsed_permissions(description, &permissions)) {
		fault(init, TSRUN_CALL_verify, EBADMSG, "the kernel describes the session keyring in an unknown way");
	}
	if (syscall(SYS_keyctl, KEYCTL_SETPERM, keyring, permissions | KEY_USR_SEARCH) == -1) {
		fault_errno(init, TSRUN_CALL_keyctl, "KEYCTL_SETPERM");
	}
}

void perform_keyring(struct init *init, struct reader *fields) {
	const char *name = read_str(fields);
	const char *label = read_str(fields);
	if (*label != '\0') write_label(init, "keycreate", label);
	long keyring = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name);
	/* A kernel without keyrings has none to keep apart. */
	if (keyring == -1 && errno != ENOSYS) fault_errno(init, TSRUN_CALL_keyctl, name);
	if (keyring != -1) let_search(init, keyring);
	if (*label != '\0') write_label(init, "keycreate", "");
}
