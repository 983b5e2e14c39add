#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "channel.h"
#include "operation.h"
#include "procfs.h"
#include "syscalls.h"
#include "text.h"

/* Eight types exist. */
#define JOIN_MAX 32

struct join {
	uint32_t count;
	struct {
		int fd, type;
		const char *text; /* for the fault */
		bool joined;
	} at[JOIN_MAX];
};

static void join_one(const struct init *init, struct join *join, uint32_t index, bool last_chance) {
	if (join->at[index].joined) return;
	if (setns(join->at[index].fd, join->at[index].type) == 0) {
		join->at[index].joined = true;
		return;
	}
	if (errno == EPERM && !last_chance) return;
	fault_errno(init, TSRUN_CALL_setns, join->at[index].text);
}

/* The mount namespace comes last: joining it moves our root, and the others no longer depend on that. */
static void join_pass(const struct init *init, struct join *join, bool last_chance) {
	for (uint32_t i = 0; i < join->count; i++) {
		int type = join->at[i].type;
		if (type != CLONE_NEWUSER && type != CLONE_NEWNS) join_one(init, join, i, last_chance);
	}
	for (uint32_t i = 0; i < join->count; i++) {
		if (join->at[i].type == CLONE_NEWNS) join_one(init, join, i, last_chance);
	}
}

/*
 * Namespaces owned by the host's user namespace have to be joined before we leave it, those owned by the container's
 * after we have the capabilities there: so what is refused at first gets a second try.
 */
static void join_all(const struct init *init, struct join *join) {
	bool user = false;
	for (uint32_t i = 0; i < join->count; i++) user = user || join->at[i].type == CLONE_NEWUSER;
	join_pass(init, join, !user);
	for (uint32_t i = 0; i < join->count; i++) {
		if (join->at[i].type == CLONE_NEWUSER) join_one(init, join, i, true);
	}
	if (user) join_pass(init, join, true);
}

void perform_join_namespaces(struct init *init, struct reader *fields) {
	struct join join = {0};
	struct numbers fds = read_u32s(fields), types = read_u32s(fields);
	struct strings paths = read_strs(fields);
	if (fds.count > JOIN_MAX || types.count != fds.count || paths.count != fds.count) {
		fault(init, TSRUN_CALL_program, EINVAL, "the lists of namespaces do not match");
	}
	forget_caches(init);
	for (join.count = 0; join.count < fds.count; join.count++) {
		join.at[join.count].fd = handed_fd(init, number32(fds, join.count));
		join.at[join.count].type = (int)number32(types, join.count);
		join.at[join.count].text = next_string(&paths);
	}
	join_all(init, &join);
	drop(&init->root);
}

/* A pidfd says its process's number in our procfs (Linux 5.4; 0 or less: it has none there, or has ended). */
static long number_of(struct init *init, int pidfd) {
	static const char label[] = "Pid:";
	struct text path;
	char info[1024];
	text_start(&path);
	text_add(&path, "self/fdinfo/");
	text_add_number(&path, (uint64_t)pidfd, 10);
	int fd = procfs_open(init, PROCFS_PROCESSES, path.at, O_RDONLY);
	ssize_t length = read(fd, info, sizeof info - 1);
	if (length == -1) fault_errno(init, TSRUN_CALL_read, path.at);
	drop(&fd);
	info[length] = '\0';
	const char *line = strstr(info, label);
	return line == NULL ? 0 : strtol(line + sizeof label - 1, NULL, 10);
}

/*
 * Before Linux 5.8 setns(2) takes no pidfd. The files of the process are opened by its number then, which was its own
 * if it can still be signalled after that.
 */
static void join_by_number(struct init *init, int pidfd, uint64_t flags) {
	static const struct {
		const char *name;
		int type;
	} kinds[] = {{"user", CLONE_NEWUSER}, {"ipc", CLONE_NEWIPC},      {"uts", CLONE_NEWUTS},
	             {"net", CLONE_NEWNET},   {"pid", CLONE_NEWPID},      {"mnt", CLONE_NEWNS},
	             {"time", CLONE_NEWTIME}, {"cgroup", CLONE_NEWCGROUP}};
	struct join join = {0};
	struct text path;
	long number = number_of(init, pidfd);
	if (number <= 0) fault(init, TSRUN_CALL_setns, ESRCH, NULL);
	text_start(&path);
	text_add_number(&path, (uint64_t)number, 10);
	text_add(&path, "/ns");
	/* Only links lead to the namespaces, and procfs_open follows none. */
	int directory = procfs_open(init, PROCFS_PROCESSES, path.at, O_RDONLY | O_DIRECTORY);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if ((flags & (uint64_t)kinds[i].type) == 0) continue;
		join.at[join.count].fd = openat(directory, kinds[i].name, O_RDONLY | O_CLOEXEC);
		if (join.at[join.count].fd == -1) fault_errno(init, TSRUN_CALL_open, kinds[i].name);
		join.at[join.count].type = kinds[i].type;
		join.at[join.count++].text = kinds[i].name;
	}
	drop(&directory);
	if (sys_pidfd_send_signal(pidfd, 0) == -1) fault_errno(init, TSRUN_CALL_setns, NULL);
	forget_caches(init);
	join_all(init, &join);
	while (join.count > 0) drop(&join.at[--join.count].fd);
}

void perform_join_process(struct init *init, struct reader *fields) {
	int pidfd = read_some_fd(fields);
	uint64_t flags = read_u64(fields);
	forget_caches(init);
	drop(&init->root);
	if (setns(pidfd, (int)flags) == 0) return;
	if (errno != EINVAL) fault_errno(init, TSRUN_CALL_setns, NULL);
	join_by_number(init, pidfd, flags);
}
