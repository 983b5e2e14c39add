/* Programs of whole containers, put together of the parts most of them share. */
#ifndef TSRUN_TEST_CONTAINER_H
#define TSRUN_TEST_CONTAINER_H

#include "init_run.h"
#include "suites.h"

/* A fresh root file system with a busybox: <directory>/<name>; the path is good until the next call. */
const char *make_rootfs(const struct place *place, const char *name);

/* A file below the root file system, its directories made. */
void make_file(const char *rootfs, const char *path, const char *text);

/* Propagation and root: the first operations of every container. */
void add_root(struct program *program, const char *rootfs);

/* A mount with plain attributes; options are separated by commas. */
void add_mount(struct program *program, const char *destination, const char *type, const char *options, uint64_t set,
               uint32_t flags);

/* Procfs, and a tmpfs on /dev with devpts and the usual devices. */
void add_basics(struct program *program);

/* Pivot and exec of `sh -c script`, as root with all capabilities. */
void add_shell(struct program *program, const char *script);

/* All of that; flags are CLONE_NEW* besides the mount and pid namespaces. */
void run_container(const struct place *place, struct program *program, unsigned long flags, struct result *result);

#endif
