#include <errno.h>

#include "operation.h"
#include "syscalls.h"

/* The kernel's struct, of 64 bits on every architecture; 2^64-1 is no limit. */
struct limit {
	uint64_t soft, hard;
};

void perform_resource_limits(struct init *init, struct reader *fields) {
	struct numbers resources = read_u32s(fields), soft = read_u64s(fields), hard = read_u64s(fields);
	if (soft.count != resources.count || hard.count != resources.count) {
		fault(init, TSRUN_CALL_program, EINVAL, "limits without their values");
	}
	for (uint32_t i = 0; i < resources.count; i++) {
		struct limit limit = {number64(soft, i), number64(hard, i)};
		if (syscall(SYS_prlimit64, 0, number32(resources, i), &limit, NULL) == -1) {
			fault_errno(init, TSRUN_CALL_setrlimit, NULL);
		}
	}
}
