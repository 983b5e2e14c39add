#ifndef TSRUN_TEST_SUITES_H
#define TSRUN_TEST_SUITES_H

#include <stddef.h>

/* Where things are: the helper, the static busybox, a directory of ours. */
struct place {
	const char *helper, *busybox, *directory;
};

/* Malformed programs are faults of the call `program`, whatever is wrong with them. */
void test_decoder(const struct place *place);

/* Containers made and looked at from inside. */
void test_containers(const struct place *place);

/* Hostile images: what is done stays inside. */
void test_hostile(const struct place *place);

/* What the kernel refuses in a user namespace, and joining namespaces. */
void test_namespaces(const struct place *place);

/* Paths without openat2(2). */
void test_resolve(const struct place *place);

/* Hooks, the start connection, programs that cannot be executed. */
void test_processes(const struct place *place);

#endif
