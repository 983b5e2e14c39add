/*
 * zombies: makes children that end at once, and never waits for one, until it may make no more. Says "ready" and their
 * number then, and sleeps.
 */
#include <stdio.h>
#include <unistd.h>

int main(void) {
	int count = 0;
	for (;;) {
		const pid_t child = fork();
		if (child == 0) _exit(0);
		if (child == -1) break;
		count++;
	}
	printf("ready %d\n", count);
	fflush(stdout);
	for (;;) pause();
}
