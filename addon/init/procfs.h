/*
 * A procfs of our own, which nothing in the container can cover or redirect (CVE-2025-52881: writes of labels and
 * sysctls that an image had turned into writes of other procfs files).
 */
#ifndef TSRUN_PROCFS_H
#define TSRUN_PROCFS_H

#include "init.h"

enum procfs_view {
	PROCFS_PROCESSES, /* subset=pid: processes only, allowed even where parts of /proc are masked */
	PROCFS_ALL,
};

/* Opens a file by its path in procfs; a leading thread-self/ or self/ is resolved first, no other symlink ever. */
int procfs_open(struct init *init, enum procfs_view view, const char *path, int flags);

/* The same; -1 and errno when the file itself cannot be opened. */
int try_procfs_open(struct init *init, enum procfs_view view, const char *path, int flags);

/* Writes the value in one write(2), as procfs files want it. */
void procfs_write(struct init *init, enum procfs_view view, const char *path, const char *value);

#endif
