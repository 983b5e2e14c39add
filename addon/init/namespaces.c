#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channel.h"
#include "operation.h"
#include "procfs.h"
#include "syscalls.h"

/* Eight types exist; a bit each says which entries of a list have been joined. */
#define JOIN_MAX 32

struct join {
	struct numbers fds, types;
	struct strings paths;
	uint32_t joined;
};

static const char *path_of(struct strings paths, uint32_t index) {
	const char *path = next_string(&paths);
	while (index-- > 0) path = next_string(&paths);
	return path;
}

static void join_one(const struct init *init, struct join *join, uint32_t index, bool last_chance) {
	uint32_t bit = UINT32_C(1) << index;
	if (join->joined & bit) return;
	if (setns(handed_fd(init, number32(join->fds, index)), (int)number32(join->types, index)) == 0) {
		join->joined |= bit;
		return;
	}
	if (errno == EPERM && !last_chance) return;
	fault_errno(init, TSRUN_CALL_setns, path_of(join->paths, index));
}

/* The mount namespace comes last: joining it moves our root, and the others no longer depend on that. */
static void join_pass(const struct init *init, struct join *join, bool last_chance) {
	for (uint32_t i = 0; i < join->fds.count; i++) {
		uint32_t type = number32(join->types, i);
		if (type != CLONE_NEWUSER && type != CLONE_NEWNS) join_one(init, join, i, last_chance);
	}
	for (uint32_t i = 0; i < join->fds.count; i++) {
		if (number32(join->types, i) == CLONE_NEWNS) join_one(init, join, i, last_chance);
	}
}

/*
 * Namespaces owned by the host's user namespace have to be joined before we leave it, those owned by the container's
 * after we have the capabilities there: so what is refused at first gets a second try.
 */
void perform_join_namespaces(struct init *init, struct reader *fields) {
	struct join join = {0};
	join.fds = read_u32s(fields);
	join.types = read_u32s(fields);
	join.paths = read_strs(fields);
	if (join.fds.count > JOIN_MAX || join.types.count != join.fds.count || join.paths.count != join.fds.count) {
		fault(init, TSRUN_CALL_program, EINVAL, "the lists of namespaces do not match");
	}
	forget_caches(init);
	bool user = false;
	for (uint32_t i = 0; i < join.fds.count; i++) user = user || number32(join.types, i) == CLONE_NEWUSER;
	join_pass(init, &join, !user);
	for (uint32_t i = 0; i < join.fds.count; i++) {
		if (number32(join.types, i) == CLONE_NEWUSER) join_one(init, &join, i, true);
	}
	if (user) join_pass(init, &join, true);
	drop(&init->root);
}

void perform_join_process(struct init *init, struct reader *fields) {
	int pidfd = read_some_fd(fields);
	uint64_t flags = read_u64(fields);
	forget_caches(init);
	drop(&init->root);
	if (setns(pidfd, (int)flags) == -1) fault_errno(init, TSRUN_CALL_setns, NULL);
}

void perform_unshare(struct init *init, struct reader *fields) {
	uint64_t flags = read_u64(fields);
	forget_caches(init);
	if (unshare((int)flags) == -1) fault_errno(init, TSRUN_CALL_unshare, NULL);
}

/*
 * The child goes on as our parent's child, so the host can wait for it. It starts only when the host knows of it:
 * two senders on one socket have no order of their own.
 */
void perform_fork(struct init *init, struct reader *fields) {
	uint64_t flags = read_u64(fields);
	forget_caches(init);
	int told[2];
	if (pipe2(told, O_CLOEXEC) == -1) fault_errno(init, TSRUN_CALL_fork, "pipe2");
	/* With CLONE_PARENT the kernel takes the exit signal of the caller, whatever is given here. */
	int pid = sys_clone((unsigned long)flags | CLONE_PARENT | SIGCHLD);
	if (pid == -1) fault_errno(init, TSRUN_CALL_clone, NULL);
	if (pid != 0) {
		send_report(init, TSRUN_FORKED, pid, NULL, -1);
		(void)!write(told[1], "", 1);
		_exit(0);
	}
	close(told[1]);
	char byte;
	ssize_t length;
	do length = read(told[0], &byte, 1);
	while (length == -1 && errno == EINTR);
	if (length != 1) _exit(1);
	close(told[0]);
}

void perform_time_offsets(struct init *init, struct reader *fields) {
	const char *text = read_str(fields);
	procfs_write(init, PROCFS_PROCESSES, "self/timens_offsets", text);
}

/*
 * unshare(2) makes a time namespace for children, and the caller stays where it is. With its offsets in place setns(2)
 * takes us there, so that none of our children has to become init, and the namespace is that of the container's own
 * user namespace. The link is the one kind that procfs_open does not follow.
 */
void perform_enter_time(struct init *init, struct reader *fields) {
	(void)fields;
	static const char name[] = "time_for_children";
	int directory = procfs_open(init, PROCFS_PROCESSES, "self/ns", O_RDONLY | O_DIRECTORY);
	int namespace = openat(directory, name, O_RDONLY | O_CLOEXEC);
	if (namespace == -1) fault_errno(init, TSRUN_CALL_open, name);
	if (setns(namespace, CLONE_NEWTIME) == -1) fault_errno(init, TSRUN_CALL_setns, name);
	drop(&namespace);
	drop(&directory);
}

void perform_hostname(struct init *init, struct reader *fields) {
	const char *name = read_str(fields);
	if (sethostname(name, strlen(name)) == -1) fault_errno(init, TSRUN_CALL_sethostname, name);
}

void perform_domainname(struct init *init, struct reader *fields) {
	const char *name = read_str(fields);
	if (setdomainname(name, strlen(name)) == -1) fault_errno(init, TSRUN_CALL_setdomainname, name);
}

void perform_undumpable(struct init *init, struct reader *fields) {
	(void)fields;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == -1) fault_errno(init, TSRUN_CALL_prctl, "PR_SET_DUMPABLE");
}

void perform_new_session(struct init *init, struct reader *fields) {
	(void)fields;
	if (setsid() == -1) fault_errno(init, TSRUN_CALL_setsid, NULL);
}
