/* locked FILE PROGRAM [ARGUMENT]...: runs the program with an exclusive lock on the file; 1 where somebody else has it.
 */
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

int main(int argc, char **argv) {
	if (argc < 3) return 2;
	int fd = open(argv[1], O_RDWR | O_CREAT, 0600);
	if (fd == -1) return 2;
	if (flock(fd, LOCK_EX | LOCK_NB) == -1) return 1;
	execvp(argv[2], argv + 2);
	return 127;
}
