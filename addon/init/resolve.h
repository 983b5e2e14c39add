/* Finding a path below a root where the kernel does not do it: openat2(2) is of Linux 5.6, and profiles hide it. */
#ifndef TSRUN_RESOLVE_H
#define TSRUN_RESOLVE_H

#include <stdbool.h>

/* Whether openat2(2) has failed because there is none: ENOSYS, or the EPERM of an old container engine around us. */
bool is_openat2_missing(int error);

/*
 * What openat2(2) does with RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS (and, without `symlinks`, RESOLVE_NO_SYMLINKS):
 * -1 and errno, EAGAIN when the tree was changed meanwhile. `flags` as of open(2), without O_CREAT.
 */
int try_open_below(int root, const char *path, int flags, bool symlinks);

#endif
