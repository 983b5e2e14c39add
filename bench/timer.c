/*
 * Times whole commands, in turn, so that what disturbs the machine disturbs them all alike. Each round has an order of
 * its own: the kernel takes a container down after its runtime has ended, and whoever always came after the same one
 * would pay for that.
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

static void scenario(char **word, const posix_spawn_file_actions_t *quiet) {
	for (;;) {
		char **end = word;
		while (*end != NULL && strcmp(*end, "+") != 0 && strcmp(*end, "--") != 0) end++;
		char *stop = *end;
		*end = NULL;
		run(word, quiet);
		*end = stop;
		if (stop == NULL || strcmp(stop, "--") == 0) return;
		word = end + 1;
	}
}

enum { MOST = 16 };

/* The same orders in each call. */
static void shuffle(int *order, int count, unsigned int *seed) {
	for (int last = count - 1; last > 0; last--) {
		const int other = rand_r(seed) % (last + 1);
		const int taken = order[last];
		order[last] = order[other];
		order[other] = taken;
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
	char **scenarios[MOST];
	int order[MOST];
	int count = 0;
	for (char **word = argv + 2; *word != NULL; word++) {
		if (strcmp(*word, "--") != 0) continue;
		if (count == MOST) {
			fprintf(stderr, "timer: more than %d scenarios\n", MOST);
			return 2;
		}
		order[count] = count;
		scenarios[count++] = word + 1;
	}
	unsigned int seed = 1;
	for (int round = -1; round < runs; round++) {
		shuffle(order, count, &seed);
		for (int index = 0; index < count; index++) {
			const long long start = now();
			scenario(scenarios[order[index]], &quiet);
			if (round >= 0) printf("%d %lld\n", order[index], now() - start);
		}
	}
	return 0;
}
