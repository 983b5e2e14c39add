#include <unistd.h>

#include "operation.h"
#include "syscalls.h"

void drop(int *fd) {
	if (*fd != -1) close(*fd);
	*fd = -1;
}

void forget_caches(struct init *init) {
	drop(&init->dev);
	drop(&init->procfs[0]);
	drop(&init->procfs[1]);
	drop(&init->null);
	drop(&init->empty);
}

void close_from(const struct init *init, unsigned int first) {
	unsigned int channel = (unsigned int)init->channel;
	/* Closed and not only marked: CLOSE_RANGE_CLOEXEC is younger (5.11) than close_range(2) itself (5.9). */
	if (first < channel && sys_close_range(first, channel - 1, 0) == -1)
		fault_errno(init, TSRUN_CALL_close_range, NULL);
	if (first <= channel) first = channel + 1;
	if (sys_close_range(first, ~0u, 0) == -1) fault_errno(init, TSRUN_CALL_close_range, NULL);
}

void perform_close_descriptors(struct init *init, struct reader *fields) {
	uint32_t keep = read_u32(fields);
	forget_caches(init);
	drop(&init->root);
	close_from(init, keep > ~0u - 3 ? ~0u : 3 + keep);
	init->closed = keep <= (uint32_t)init->preserved;
	init->handed = 0;
	init->late_count = 0;
}
