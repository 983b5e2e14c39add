#include "times.h"

#include <time.h>

#include "channel.h"

#define TIMES_MAX (TSRUN_TEXT_MAX / sizeof(struct tsrun_time))

/* Pages that are touched only where times are asked for: init's memory is the container's. */
static struct tsrun_time times[TIMES_MAX];
static size_t count;

void begin_times(struct init *init, bool timed) {
	init->timed = timed;
	if (timed) note_time(init, TSRUN_NO_STEP);
}

void note_time(const struct init *init, uint32_t step) {
	struct timespec now;
	if (clock_gettime(CLOCK_REALTIME, &now) == -1) return;
	uint64_t nanoseconds = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	times[count++] = (struct tsrun_time){.nanoseconds = nanoseconds, .step = step};
	if (count == TIMES_MAX) tell_times(init);
}

void tell_times(const struct init *init) {
	if (count > 0) send_times(init, times, count);
	count = 0;
}

void end_times(struct init *init) {
	tell_times(init);
	init->timed = false;
}
