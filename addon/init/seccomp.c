#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <time.h>

#include "channel.h"
#include "operation.h"
#include "process.h"
#include "syscalls.h"
#include "times.h"

void perform_no_new_privileges(struct init *init, struct reader *fields) {
	(void)fields;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) fault_errno(init, TSRUN_CALL_prctl, "PR_SET_NO_NEW_PRIVS");
}

static struct sock_fprog filter_of(const struct init *init, struct bytes bytes) {
	size_t count = bytes.length / sizeof(struct sock_filter);
	if (count == 0 || bytes.length % sizeof(struct sock_filter) != 0 || count > BPF_MAXINSNS)
		fault(init, TSRUN_CALL_program, EINVAL, "a filter of an impossible length");
	/* Only the kernel reads it, from any alignment. */
	return (struct sock_fprog){.len = (unsigned short)count, .filter = (struct sock_filter *)(uintptr_t)bytes.at};
}

static int load_filter(const struct init *init, struct sock_fprog filter, uint32_t flags) {
	long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter);
	if (result == -1) fault_errno(init, TSRUN_CALL_seccomp, NULL);
	return (int)result;
}

/*
 * Once the filter is in force it may hold up or refuse any call by which we could hand its listener to the host, and
 * whoever answers held-up calls waits for that very listener. A filter holds for the thread that loads it alone, so a
 * second thread, started before, hands it over; the two talk through memory, the one thing no filter sees.
 */
struct handover {
	const struct init *init;
	_Atomic int listener; /* -1: not loaded yet */
	atomic_bool done;
};

static void *hand_over(void *argument) {
	struct handover *handover = argument;
	const struct timespec pause = {.tv_nsec = 20000};
	int listener;
	/* For as long as one seccomp(2) takes. If that fails, the fault ends this thread with the process. */
	while ((listener = atomic_load(&handover->listener)) == -1) (void)nanosleep(&pause, NULL);
	send_report(handover->init, TSRUN_SECCOMP, 0, NULL, listener);
	/* Descriptors are shared. A listener that init kept would make calls wait for an agent that is gone. */
	drop(&listener);
	atomic_store(&handover->done, true);
	return NULL;
}

static void load_with_listener(const struct init *init, struct sock_fprog filter, uint32_t flags) {
	/* One result cannot be both a listener and the thread that refused; and the other thread must stay free. */
	flags &= ~(uint32_t)SECCOMP_FILTER_FLAG_TSYNC;
	struct handover handover = {.init = init, .listener = -1};
	pthread_t thread;
	int error = pthread_create(&thread, NULL, hand_over, &handover);
	if (error != 0) fault(init, TSRUN_CALL_clone, error, "to hand over the seccomp listener");
	atomic_store(&handover.listener, load_filter(init, filter, flags | (uint32_t)SECCOMP_FILTER_FLAG_NEW_LISTENER));
	/* execve(2) would end the thread before it has sent; a call to wait by might be one of those held up. */
	while (!atomic_load(&handover.done)) {
	}
}

void perform_seccomp(struct init *init, struct reader *fields) {
	struct sock_fprog filter = filter_of(init, read_bytes(fields));
	uint32_t flags = read_u32(fields), notify = read_u32(fields);
	prepare_exec(init);
	end_times(init);
	if (notify)
		load_with_listener(init, filter, flags);
	else
		(void)load_filter(init, filter, flags);
}
