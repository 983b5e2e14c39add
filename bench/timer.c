/*
 * Times whole commands, in turn, so that what disturbs the machine disturbs them all alike.
 *
 *     timer RUNS -- COMMAND [+ COMMAND]... -- COMMAND...
 *
 * Each scenario is one command or several run one after the other. After one round that is not counted, prints one
 * line per run: the number of the scenario and its nanoseconds. A command that fails ends everything with status 1.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static long long now(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void run(char **argv, const posix_spawn_file_actions_t *quiet) {
	pid_t pid;
	int status;
	const int failed = posix_spawnp(&pid, argv[0], quiet, NULL, argv, environ);
	if (failed != 0) {
		fprintf(stderr, "timer: %s: %s\n", argv[0], strerror(failed));
		exit(1);
	}
	if (waitpid(pid, &status, 0) < 0 || status != 0) {
		fprintf(stderr, "timer: %s %s: wait status %d\n", argv[0], argv[1] ? argv[1] : "", status);
		exit(1);
	}
}

/* Runs one scenario and returns where the next one begins; NULL at the end. */
static char **scenario(char **word, const posix_spawn_file_actions_t *quiet) {
	for (;;) {
		char **end = word;
		while (*end != NULL && strcmp(*end, "+") != 0 && strcmp(*end, "--") != 0) end++;
		char *stop = *end;
		*end = NULL;
		run(word, quiet);
		*end = stop;
		if (stop == NULL) return NULL;
		word = end + 1;
		if (strcmp(stop, "--") == 0) return word;
	}
}

int main(int argc, char **argv) {
	const int runs = argc > 3 ? atoi(argv[1]) : 0;
	if (runs < 1 || strcmp(argv[2], "--") != 0) {
		fprintf(stderr, "usage: timer RUNS -- COMMAND [+ COMMAND]... -- COMMAND...\n");
		return 2;
	}
	posix_spawn_file_actions_t quiet;
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	for (int round = -1; round < runs; round++) {
		int number = 0;
		for (char **next = argv + 3; next != NULL; number++) {
			const long long start = now();
			next = scenario(next, &quiet);
			if (round >= 0) printf("%d %lld\n", number, now() - start);
		}
	}
	return 0;
}
