/*
 * Paths inside the container: resolved by the kernel below the root's descriptor (openat2, RESOLVE_IN_ROOT), so that a
 * symlink of an image, or one exchanged while we look, cannot lead out. What is done to a found place is done by its
 * descriptor.
 */
#ifndef TSRUN_PATH_H
#define TSRUN_PATH_H

#include <sys/stat.h>
#include <sys/types.h>

#include "init.h"

/* How a destination is to be found. */
enum path_rule {
	PATH_PLAIN = 0,
	PATH_NO_SYMLINKS = 1, /* no component is a symlink (CVE-2019-19921) */
	PATH_NO_FOLLOW = 2,   /* the last component is taken as it is, a symlink too */
};

/* O_PATH descriptor of the container's root; stays the callee's. */
int root_fd(struct init *init);

/* openat2 below the root; -1 and errno. `flags` as of open(2). */
int try_open_inside(struct init *init, const char *path, int flags, enum path_rule rule);

/* The directory or the file (an empty regular one) at the path, made with its missing parents; O_PATH. */
int make_inside(struct init *init, const char *path, bool directory, mode_t mode, enum path_rule rule);

/* O_PATH descriptor of the directory that holds the path's last component, made if missing; *name is that component. */
int make_parent(struct init *init, const char *path, const char **name);

/* fstat that faults, with the text given. */
struct stat status_of(const struct init *init, int fd, const char *text);

#endif
