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
	/* Our own / is opened again when it is needed; before the change of root it is the only way to the new one. */
	if (init->root_path == NULL) drop(&init->root);
}

/* More than operations have open at a time: they close what they opened, and the rest is in struct init. */
#define OWN_MAX 64

/*
 * Closed and not only marked: CLOSE_RANGE_CLOEXEC is younger (5.11) than close_range(2) itself (5.9), which again a
 * container engine around us may refuse. We began with nothing above what was handed over, and the lowest free number
 * is always the next: so an end can be told.
 */
static void close_range_of(const struct init *init, unsigned int first, unsigned int last) {
	if (sys_close_range(first, last, 0) == 0) return;
	unsigned int end = (unsigned int)(init->channel + HANDED_OFFSET + init->handed + init->late_count + OWN_MAX);
	for (unsigned int fd = first; fd <= last && fd <= end; fd++) (void)close((int)fd);
}

void close_from(const struct init *init, unsigned int first) {
	unsigned int channel = (unsigned int)init->channel;
	if (first < channel) close_range_of(init, first, channel - 1);
	close_range_of(init, first <= channel ? channel + 1 : first, ~0u);
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
