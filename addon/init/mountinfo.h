/* The mounts of our namespace that --no-pivot has to take away. */
#ifndef TSRUN_MOUNTINFO_H
#define TSRUN_MOUNTINFO_H

#include "init.h"

/* A whole /proc/self/mountinfo in memory. */
struct mountinfo {
	char *at;
	char *end;
};

struct mountinfo read_mountinfo(const struct init *init);

/* The next full procfs or sysfs: its place, unescaped in place; NULL after the last. Moves mountinfo->at. */
const char *next_kernel_mount(struct mountinfo *mountinfo);

#endif
