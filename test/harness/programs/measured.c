/*
 * measured FILE PROGRAM [WORD...]: runs a program, writes into FILE the most memory that it, or one of those it waited
 * for, had at a time (KiB) and the milliseconds it took, and ends as it did. What asks it to end goes to the program.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile pid_t child;

static void pass_on(int signal) {
	if (child > 0) kill(child, signal);
}

static long long milliseconds(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int main(int argc, char **argv) {
	if (argc < 3) return 125;
	const long long start = milliseconds();
	child = fork();
	if (child == -1) return 125;
	if (child == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	signal(SIGTERM, pass_on);
	signal(SIGINT, pass_on);

	int status;
	struct rusage used;
	while (wait4(child, &status, 0, &used) == -1) {
		if (errno != EINTR) return 125;
	}
	FILE *file = fopen(argv[1], "w");
	if (file == NULL) return 125;
	fprintf(file, "%ld %lld\n", used.ru_maxrss, milliseconds() - start);
	if (fclose(file) != 0) return 125;
	if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
	signal(WTERMSIG(status), SIG_DFL);
	raise(WTERMSIG(status));
	return 125;
}
