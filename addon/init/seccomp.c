#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include "channel.h"
#include "operation.h"
#include "process.h"
#include "syscalls.h"

void perform_no_new_privileges(struct init *init, struct reader *fields) {
	(void)fields;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) fault_errno(init, TSRUN_CALL_prctl, "PR_SET_NO_NEW_PRIVS");
}

void perform_seccomp(struct init *init, struct reader *fields) {
	struct bytes filter = read_bytes(fields);
	uint32_t flags = read_u32(fields), notify = read_u32(fields);
	if (filter.length == 0 || filter.length % sizeof(struct sock_filter) != 0 ||
	    filter.length / sizeof(struct sock_filter) > BPF_MAXINSNS) {
		fault(init, TSRUN_CALL_program, EINVAL, "a filter of an impossible length");
	}
	struct sock_fprog program = {
	    .len = (unsigned short)(filter.length / sizeof(struct sock_filter)),
	    .filter = (struct sock_filter *)(uintptr_t)filter.at, /* only the kernel reads it, from any alignment */
	};
	prepare_exec(init);
	if (notify) {
		/* One result cannot be both a listener and the thread that refused; there is one thread. */
		flags &= ~(uint32_t)SECCOMP_FILTER_FLAG_TSYNC;
		flags |= (uint32_t)SECCOMP_FILTER_FLAG_NEW_LISTENER;
	}
	long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	if (result == -1) fault_errno(init, TSRUN_CALL_seccomp, NULL);
	if (!notify) return;
	int listener = (int)result;
	send_report(init, TSRUN_SECCOMP, 0, NULL, listener);
	drop(&listener);
}
