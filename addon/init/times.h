/* When each operation ended, kept for a host that asked for it, and told in as few messages as they fit into. */
#ifndef TSRUN_TIMES_H
#define TSRUN_TIMES_H

#include "init.h"

/* Begins, if the program asks for it. Otherwise the functions below do nothing. */
void begin_times(struct init *init, bool timed);

/* The operation of this step has ended now. */
void note_time(const struct init *init, uint32_t step);

/* Tells the host what it has not been told. */
void tell_times(const struct init *init);

/*
 * The same for the last time: before execve(2), and before a seccomp filter, which may refuse or punish the calls that
 * telling takes; a trace must not be what ends a container.
 */
void end_times(struct init *init);

#endif
