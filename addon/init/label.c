/* Labels of security modules, and the session keyring, whose label is one of them. */
#include <errno.h>
#include <linux/keyctl.h>
#include <string.h>

#include "operation.h"
#include "procfs.h"
#include "syscalls.h"
#include "text.h"

/* Search permission for whoever has our uid (keyrings(7)): processes that exec adds find the keys by it. */
#define KEY_USR_SEARCH 0x00080000u

static void write_label(struct init *init, const char *file, const char *value) {
	struct text path;
	text_start(&path);
	text_add(&path, "thread-self/attr/");
	text_add(&path, file);
	procfs_write(init, PROCFS_PROCESSES, path.at, value);
}

void perform_label(struct init *init, struct reader *fields) {
	const char *file = read_str(fields);
	const char *value = read_str(fields);
	write_label(init, file, value);
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
