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

#include "operation.h"
#include "process.h"
#include "syscalls.h"

/* No plan comes near it; it bounds what a broken one can make us map. */
#define PROGRAM_MAX (64 << 20)

struct operation {
	void (*perform)(struct init *init, struct reader *fields);
	const char *fields;
};

#define OPERATION(number, name, description) [number] = {perform_##name, description},
static const struct operation operations[] = {
#include "operations.def"
};
#undef OPERATION

static const struct operation *find_operation(uint32_t number) {
	if (number >= sizeof operations / sizeof *operations || operations[number].perform == NULL) return NULL;
	return &operations[number];
}

/* The next record's fields; the cursor moves behind it. */
static struct reader next_record(struct init *init, struct reader *program, const struct operation **operation) {
	uint32_t number = read_u32(program);
	init->step = read_u32(program);
	struct bytes fields = read_bytes(program);
	*operation = find_operation(number);
	if (*operation == NULL) fault(init, TSRUN_CALL_program, ENOSYS, "an operation this helper does not know");
	return (struct reader){init, fields.at, fields.at + fields.length};
}

/* The whole program is checked before the first operation changes anything. */
static void check_program(struct init *init, struct reader program, uint32_t records) {
	const struct operation *operation = NULL;
	struct reader fields = {0};
	for (uint32_t i = 0; i < records; i++) {
		fields = next_record(init, &program, &operation);
		check_fields(fields, operation->fields);
	}
	check_end(&program);
	if (operation == NULL || operation->perform != perform_exec) return;
	init->exec = fields.at;
	init->exec_length = (size_t)(fields.end - fields.at);
}

static void perform_program(struct init *init, struct reader program, uint32_t records) {
	const struct operation *operation;
	for (uint32_t i = 0; i < records; i++) {
		struct reader fields = next_record(init, &program, &operation);
		operation->perform(init, &fields);
		check_end(&fields);
	}
}

static struct reader map_program(struct init *init, int fd) {
	struct stat status;
	if (fstat(fd, &status) == -1) fault_errno(init, TSRUN_CALL_fstat, "program");
	if (status.st_size < (off_t)sizeof(struct tsrun_program) || status.st_size > PROGRAM_MAX) {
		fault(init, TSRUN_CALL_program, EFBIG, "a program of an impossible size");
	}
	size_t length = (size_t)status.st_size;
	const unsigned char *at = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED) fault_errno(init, TSRUN_CALL_mmap, "program");
	close(fd);
	return (struct reader){init, at, at + length};
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
	init->root = init->dev = init->procfs[0] = init->procfs[1] = init->null = init->empty = -1;
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

	struct reader program = map_program(&init, 3 + preserved + PROGRAM_OFFSET);
	uint32_t magic = read_u32(&program), version = read_u32(&program), records = read_u32(&program);
	(void)read_u32(&program);
	if (magic != TSRUN_PROGRAM_MAGIC || version != TSRUN_WIRE_VERSION) {
		fault(&init, TSRUN_CALL_program, EPROTO, "a program of another version");
	}
	check_program(&init, program, records);
	perform_program(&init, program, records);
	fault(&init, TSRUN_CALL_program, ENOEXEC, "a program that ends without exec");
}
