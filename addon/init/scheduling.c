#include <errno.h>
#include <sys/personality.h>

#include "operation.h"
#include "syscalls.h"

/* sched_setattr(2); the C library's own struct of this name clashes with the kernel's header in some versions. */
struct scheduling {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period; /* nanoseconds */
};

/* ioprio_set(2): the runtime-spec asks for the whole process group. */
#define IOPRIO_WHO_PGRP 2

/* More than any kernel is built for (CONFIG_NR_CPUS); it ignores what it does not have. */
#define CPUS_MAX 8192

void perform_scheduler(struct init *init, struct reader *fields) {
	struct scheduling attr = {.size = sizeof attr};
	attr.policy = read_u32(fields);
	attr.nice = (int32_t)read_i64(fields);
	attr.priority = read_u32(fields);
	attr.flags = read_u64(fields);
	attr.runtime = read_u64(fields);
	attr.deadline = read_u64(fields);
	attr.period = read_u64(fields);
	if (syscall(SYS_sched_setattr, 0, &attr, 0) == -1) fault_errno(init, TSRUN_CALL_sched_setattr, NULL);
}

void perform_io_priority(struct init *init, struct reader *fields) {
	uint32_t value = read_u32(fields);
	if (syscall(SYS_ioprio_set, IOPRIO_WHO_PGRP, 0, value) == -1) fault_errno(init, TSRUN_CALL_ioprio_set, NULL);
}

void perform_memory_policy(struct init *init, struct reader *fields) {
	uint32_t mode = read_u32(fields);
	uint64_t *nodes = word_array(init, read_u64s(fields));
	uint32_t maximum = read_u32(fields);
	if (syscall(SYS_set_mempolicy, mode, nodes, nodes == NULL ? 0UL : (unsigned long)maximum) == -1) {
		fault_errno(init, TSRUN_CALL_set_mempolicy, NULL);
	}
}

void perform_affinity(struct init *init, struct reader *fields) {
	struct numbers list = read_u64s(fields);
	if (list.count > 0) {
		const uint64_t *cpus = word_array(init, list);
		if (syscall(SYS_sched_setaffinity, 0, (size_t)list.count * sizeof *cpus, cpus) == -1) {
			fault_errno(init, TSRUN_CALL_sched_setaffinity, NULL);
		}
		return;
	}
	uint64_t every[CPUS_MAX / 64];
	for (size_t i = 0; i < sizeof every / sizeof *every; i++) every[i] = ~UINT64_C(0);
	/* EINVAL: the cpuset allows none of ours at this moment; the kernel moves us when it does. */
	if (syscall(SYS_sched_setaffinity, 0, sizeof every, every) == -1 && errno != EINVAL) {
		fault_errno(init, TSRUN_CALL_sched_setaffinity, NULL);
	}
}

void perform_personality(struct init *init, struct reader *fields) {
	uint64_t persona = read_u64(fields);
	if (personality((unsigned long)persona) == -1) fault_errno(init, TSRUN_CALL_personality, NULL);
}
