/*
 * The init helper: walks a program of operations (addon/wire/operations.def) inside a container's namespaces and
 * becomes the container's process.
 *
 * The contract of every function here, unless its name begins with `try_`, `has_` or `is_`:
 *   - it has done what its name says when it returns; descriptors it returns are open, O_CLOEXEC and the caller's;
 *   - otherwise it does not return: the fault (step, system call, errno, text) has been sent and the process is gone.
 *     Nothing has to be undone here, the host undoes; so no error value is passed through layers that could lose it.
 *   - a `try_` function returns -1 and errno instead, and leaves the decision to its caller.
 *   - no heap, no stdio: this process is charged to the container's memory limit while it waits to be started.
 *   - strings and lists point into the mapped program, which stays until exec.
 */
#ifndef TSRUN_INIT_H
#define TSRUN_INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "call.h"
#include "messages.h"

/* Descriptors that can arrive with releases, all together. */
#define LATE_MAX 1024

struct init {
	uint32_t step; /* of the operation in progress: what a fault is about */
	bool timed;    /* the host wants to know when each operation ends */
	int preserved; /* descriptors from 3 on that the container's process inherits */
	int channel;
	int handed; /* descriptors handed over at spawn; the first is channel + 2 */
	int late_count;
	int late[LATE_MAX];

	int root;               /* the container's /, O_PATH; -1: not opened yet */
	const char *root_path;  /* where the host sees it; NULL once it is our / */
	int dev;                /* the container's /dev; -1: not opened, or a mount may have covered it since */
	int procfs[2];          /* private instances, by enum procfs_view; -1: not mounted yet */
	bool bare_procfs[2];    /* whether nothing can be mounted in them */
	int null;               /* what masked files become; -1: not opened yet */
	int empty;              /* what masked directories become; -1: not mounted yet */
	int tree;               /* what show_tree has cloned, until it is bound; -1: none */
	const char *mask_label; /* of the latter; NULL: none */

	bool in_cwd;         /* an attempt of chdir has succeeded */
	const char *program; /* what find_program found; NULL: it has not run */
	const char *home;    /* HOME=... for an environment without one; NULL: none */

	const unsigned char *exec; /* fields of the exec the program ends with; NULL: none */
	size_t exec_length;
	char **arguments, **variables; /* of it; NULL: not built yet */
	bool closed;                   /* nothing but what the program inherits and the channel is open */
};

/* The positions of the descriptors we start with, relative to 3 + preserved. */
enum { CHANNEL_OFFSET = 0, PROGRAM_OFFSET = 1, HANDED_OFFSET = 2 };

/* Sends the fault and ends the process. `error` is an errno or, of a hook, its wait status; `text` may be NULL. */
_Noreturn void fault(const struct init *init, enum tsrun_call call, int error, const char *text);

/* The same with errno, for the line after a system call. */
_Noreturn void fault_errno(const struct init *init, enum tsrun_call call, const char *text);

/* Something is not what it has to be: the text the host shows is `subject` and `problem`, which form a sentence. */
_Noreturn void fault_verify(const struct init *init, int error, const char *subject, const char *problem);

/* Tells the host and goes on. */
void warn(const struct init *init, enum tsrun_call call, int error, const char *text);

/* Memory until exec, zeroed, page-aligned. */
void *pages(const struct init *init, size_t bytes);

/* Closes what was opened for the sake of later operations. */
void forget_caches(struct init *init);

/* Closes *fd unless it is -1, and makes it -1. */
void drop(int *fd);

/* Closes every descriptor from `first` on, the channel excepted. */
void close_from(const struct init *init, unsigned int first);

#endif
