#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "operation.h"
#include "procfs.h"
#include "syscalls.h"
#include "text.h"

enum { IDENTITY_LEAVE_GROUPS = 1, IDENTITY_KEEP_CAPABILITIES = 2 };

/* CVE-2014-8989: a user namespace made without privilege has groups that cannot be given up. */
static bool is_setgroups_denied(struct init *init) {
	int fd = try_procfs_open(init, PROCFS_PROCESSES, "self/setgroups", O_RDONLY);
	if (fd == -1) return false;
	char word[8];
	ssize_t length = read(fd, word, sizeof word);
	drop(&fd);
	return length >= 4 && memcmp(word, "deny", 4) == 0;
}

static void set_groups(struct init *init, size_t count, const uint32_t *groups) {
	if (sys_setgroups(count, groups) == 0) return;
	int error = errno;
	if (error == EPERM && count == 0 && is_setgroups_denied(init)) return;
	fault(init, TSRUN_CALL_setgroups, error, error == EINVAL ? "a supplementary group is not mapped" : NULL);
}

static _Noreturn void refused(const struct init *init, enum tsrun_call call, const char *kind, uint32_t id) {
	int error = errno;
	struct text text;
	text_start(&text);
	text_add(&text, kind);
	text_add_number(&text, id, 10);
	if (error == EINVAL) text_add(&text, " is not mapped");
	fault(init, call, error, text.at);
}

static void set_ids(const struct init *init, uint32_t uid, uint32_t gid) {
	if (sys_setresgid(gid) == -1) refused(init, TSRUN_CALL_setresgid, "gid ", gid);
	if (sys_setresuid(uid) == -1) refused(init, TSRUN_CALL_setresuid, "uid ", uid);
}

void perform_become_root(struct init *init, struct reader *fields) {
	uint32_t clear_groups = read_u32(fields);
	if (clear_groups) set_groups(init, 0, NULL);
	set_ids(init, 0, 0);
	forget_inherited_capabilities(init);
}

void perform_identity(struct init *init, struct reader *fields) {
	uint32_t uid = read_u32(fields), gid = read_u32(fields);
	struct numbers list = read_u32s(fields);
	uint32_t flags = read_u32(fields);
	if (flags & IDENTITY_KEEP_CAPABILITIES && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == -1) {
		fault_errno(init, TSRUN_CALL_prctl, "PR_SET_KEEPCAPS");
	}
	if (!(flags & IDENTITY_LEAVE_GROUPS)) {
		uint32_t *groups = list.count == 0 ? NULL : pages(init, (size_t)list.count * sizeof *groups);
		for (uint32_t i = 0; i < list.count; i++) groups[i] = number32(list, i);
		set_groups(init, list.count, groups);
	}
	set_ids(init, uid, gid);
}

void perform_umask(struct init *init, struct reader *fields) {
	(void)init;
	umask(read_u32(fields));
}
