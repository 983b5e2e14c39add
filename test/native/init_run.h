/* Runs the helper on a program, answers its barriers, and keeps what came of it. */
#ifndef TSRUN_TEST_INIT_RUN_H
#define TSRUN_TEST_INIT_RUN_H

#include "messages.h"
#include "program.h"

struct result {
	int status; /* wait status of the process that ended last */
	int faults; /* how many were reported; of the last one: */
	uint32_t step;
	int value;
	char call[32];
	char text[4200];
	int warnings;
	char warning[4200]; /* text of the last */
	int forks, consoles;
	char output[16384]; /* of its stdout and stderr, and of the console */
};

struct start {
	const char *helper;
	unsigned long flags; /* CLONE_NEW* */
	const int *handed;
	int handed_count;
	int silent; /* the host's end is closed at once */
};

/* Bounded by the caller's alarm(2). */
void run(const struct start *start, const void *program, size_t length, struct result *result);

#endif
