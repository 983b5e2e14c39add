/*
 * tsrun-init <preserved>: performs the program in descriptor 4 + preserved, reports to the channel 3 + preserved.
 * Nothing is ever printed: 0 to 2 belong to the container.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process.h"
#include "script.h"
#include "syscalls.h"
#include "times.h"

/* No plan comes near it; it bounds what a broken one can make us map. */
#define PROGRAM_MAX (64 << 20)

static const unsigned char *map_program(const struct init *init, int fd, size_t *length) {
	struct stat status;
	if (fstat(fd, &status) == -1) fault_errno(init, TSRUN_CALL_fstat, "program");
	if (status.st_size < (off_t)sizeof(struct tsrun_program) || status.st_size > PROGRAM_MAX) {
		fault(init, TSRUN_CALL_program, EFBIG, "a program of an impossible size");
	}
	*length = (size_t)status.st_size;
	const unsigned char *at = mmap(NULL, *length, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED) fault_errno(init, TSRUN_CALL_mmap, "program");
	close(fd);
	return at;
}

/* -1 unless the whole text is a decimal number below a million. */
static int parse_count(const char *text) {
	int value = 0;
	if (*text == '\0') return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' || value >= 100000) return -1;
		value = value * 10 + (*text - '0');
	}
	return value;
}

/* The descriptors handed over lie without a gap behind the program; whoever started us left nothing open above. */
static int count_handed(int first) {
	int count = 0;
	while (fcntl(first + count, F_SETFD, FD_CLOEXEC) == 0) count++;
	return count;
}

static void take_descriptors(struct init *init, int preserved) {
	init->preserved = preserved;
	init->channel = 3 + preserved + CHANNEL_OFFSET;
	init->root = init->dev = init->procfs[0] = init->procfs[1] = init->null = init->empty = init->tree = -1;
	init->handed = count_handed(3 + preserved + HANDED_OFFSET);
	/* A hook that runs in the container inherits none of them. EINVAL: a kernel before 5.11; hooks close them
	 * anyway. */
	(void)sys_close_range((unsigned int)init->channel, ~0u, CLOSE_RANGE_CLOEXEC);
	for (int fd = init->channel; fd < init->channel + HANDED_OFFSET; fd++) (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int main(int argc, char **argv) {
	static struct init init;
	int preserved = argc == 2 ? parse_count(argv[1]) : -1;
	if (preserved == -1) return 2;
	take_descriptors(&init, preserved);
	/* What is created on the way has the mode its operation says, whatever the caller's mask. */
	umask(022);
	heed_requests_to_end();

	size_t length;
	const unsigned char *program = map_program(&init, 3 + preserved + PROGRAM_OFFSET, &length);
	/* Before anything changes. */
	struct script script = check_script(&init, program, length);
	begin_times(&init, script.timed);
	perform_script(&init, script);
	fault(&init, TSRUN_CALL_program, ENOEXEC, "a program that ends without exec");
}
