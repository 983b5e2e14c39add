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
#include "times.h"

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
	tell_times(init);
	int told[2];
	if (pipe2(told, O_CLOEXEC) == -1) fault_errno(init, TSRUN_CALL_fork, "pipe2");
	/* With CLONE_PARENT the kernel takes the exit signal of the caller, whatever is given here. */
	int pid = sys_clone((unsigned long)flags | CLONE_PARENT | SIGCHLD);
	if (pid == -1) fault_errno(init, TSRUN_CALL_clone, NULL);
	if (pid != 0) {
		if (init->timed) note_time(init, init->step);
		tell_times(init);
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
