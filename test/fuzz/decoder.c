/*
 * Gives arbitrary bytes to the init helper as its program. The check and the readers are the helper's own; an operation
 * that is "performed" reads its fields and touches every byte that a real one could come to see, so that what the check
 * has let through and is not there shows.
 */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "operation.h"
#include "script.h"
#include "times.h"

static jmp_buf refused;
static volatile unsigned char seen;

/* What string_array and word_array take; each run begins with none. */
static void *taken[1024];
static size_t taken_count;

void fault(const struct init *init, enum tsrun_call call, int error, const char *text) {
	(void)init;
	if (text != NULL) seen ^= (unsigned char)strlen(text);
	seen ^= (unsigned char)((int)call ^ error);
	longjmp(refused, 1);
}

void *pages(const struct init *init, size_t bytes) {
	if (taken_count == sizeof taken / sizeof *taken) fault(init, TSRUN_CALL_mmap, 0, NULL);
	void *memory = calloc(1, bytes);
	if (memory == NULL) fault(init, TSRUN_CALL_mmap, 0, NULL);
	return taken[taken_count++] = memory;
}

static void touch(const void *at, size_t length) {
	const unsigned char *bytes = at;
	for (size_t i = 0; i < length; i++) seen ^= bytes[i];
}

static void touch_u32(struct reader *fields) {
	seen ^= (unsigned char)read_u32(fields);
}

static void touch_fd(struct reader *fields) {
	seen ^= (unsigned char)read_fd(fields);
}

static void touch_u64(struct reader *fields) {
	seen ^= (unsigned char)read_u64(fields);
}

static void touch_i64(struct reader *fields) {
	seen ^= (unsigned char)read_i64(fields);
}

static void touch_str(struct reader *fields) {
	const char *string = read_str(fields);
	touch(string, strlen(string) + 1);
}

static void touch_bytes(struct reader *fields) {
	struct bytes bytes = read_bytes(fields);
	touch(bytes.at, bytes.length);
}

static void touch_strs(struct reader *fields) {
	char **array = string_array(fields->init, read_strs(fields), 1);
	for (size_t i = 0; array[i] != NULL; i++) touch(array[i], strlen(array[i]) + 1);
}

static void touch_u32s(struct reader *fields) {
	struct numbers list = read_u32s(fields);
	for (uint32_t i = 0; i < list.count; i++) seen ^= (unsigned char)number32(list, i);
}

static void touch_fds(struct reader *fields) {
	struct numbers list = read_u32s(fields);
	for (uint32_t i = 0; i < list.count; i++) seen ^= (unsigned char)handed_fd(fields->init, number32(list, i));
}

static void touch_u64s(struct reader *fields) {
	struct numbers list = read_u64s(fields);
	uint64_t *array = word_array(fields->init, list);
	if (array != NULL) touch(array, (size_t)list.count * sizeof *array);
}

static const struct {
	char name[8];
	void (*touch)(struct reader *fields);
} types[] = {
    {"u32", touch_u32},     {"fd", touch_fd},     {"u64", touch_u64},   {"i64", touch_i64}, {"str", touch_str},
    {"bytes", touch_bytes}, {"strs", touch_strs}, {"u32s", touch_u32s}, {"fds", touch_fds}, {"u64s", touch_u64s},
};

static void touch_field(struct reader *fields, const char *type, size_t length) {
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (strlen(types[i].name) != length || memcmp(types[i].name, type, length) != 0) continue;
		types[i].touch(fields);
		return;
	}
	abort();
}

static void touch_fields(struct reader *fields, const char *description) {
	while ((description = strchr(description, ':')) != NULL) {
		size_t length = strcspn(++description, " ");
		touch_field(fields, description, length);
	}
}

#define OPERATION(number, name, description)                                                                           \
	void perform_##name(struct init *init, struct reader *fields) {                                                \
		(void)init;                                                                                            \
		touch_fields(fields, description);                                                                     \
	}
#include "operations.def"
#undef OPERATION

/* Nothing is performed here, so that nobody asks for its time. */
void note_time(const struct init *init, uint32_t step) {
	(void)init;
	(void)step;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length) {
	struct init init = {.channel = 3, .handed = 2, .late_count = 1, .late = {9}};
	if (setjmp(refused) == 0) {
		struct script script = check_script(&init, bytes, length);
		if (init.exec != NULL) touch(init.exec, init.exec_length);
		perform_script(&init, script);
	}
	while (taken_count > 0) free(taken[--taken_count]);
	return 0;
}
