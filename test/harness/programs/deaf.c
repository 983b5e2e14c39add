/* deaf: ignores every signal that has a name and can be ignored, has a child that does so too, says "ready", and
 * sleeps. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
	for (int number = 1; number < 32; number++) signal(number, SIG_IGN);
	if (fork() != 0) {
		puts("ready");
		fflush(stdout);
	}
	for (;;) pause();
}
