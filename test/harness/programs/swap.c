/*
 * swap ONE OTHER: exchanges two names of a directory without end, each time in one step, so that whoever looks finds
 * one of the two and never nothing. Says "racing" once it does.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXCHANGE 2

int main(int argc, char **argv) {
	if (argc != 3) return 2;
	for (unsigned long round = 0;; round++) {
		if (syscall(SYS_renameat2, AT_FDCWD, argv[1], AT_FDCWD, argv[2], EXCHANGE) == -1) {
			perror(argv[1]);
			return 1;
		}
		if (round == 0) {
			puts("racing");
			fflush(stdout);
		}
	}
}
