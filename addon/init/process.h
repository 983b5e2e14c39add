/* What has to be true of a process before it executes a program of somebody else's. */
#ifndef TSRUN_PROCESS_H
#define TSRUN_PROCESS_H

#include "init.h"

/* Every signal has its default action and none is blocked. */
void reset_signals(void);

/*
 * Init of a pid namespace is not given signals it has no handler for (pid_namespaces(7)): a container that is created
 * could be ended with SIGKILL alone. execve(2) takes this back: what they do to the program is its own affair.
 */
void heed_requests_to_end(void);

/* The HOME of the container's passwd where the variables have none or an empty one; they have room for one more. */
void complete_environment(const struct init *init, char **variables);

/*
 * Does all of the program's exec that takes system calls, execve(2) excepted. Before a seccomp filter is loaded: a
 * profile need allow nothing for the runtime's sake that comes after.
 */
void prepare_exec(struct init *init);

#endif
