#include "record.h"

#include <errno.h>
#include <string.h>

static _Noreturn void malformed(const struct reader *fields, const char *what) {
	fault(fields->init, TSRUN_CALL_program, EBADMSG, what);
}

static const unsigned char *take(struct reader *fields, size_t length) {
	if (length > (size_t)(fields->end - fields->at)) malformed(fields, "a field passes the end of its record");
	const unsigned char *at = fields->at;
	fields->at += length;
	return at;
}

static uint64_t little_endian(const unsigned char *at, unsigned int width) {
	uint64_t value = 0;
	for (unsigned int i = 0; i < width; i++) value |= (uint64_t)at[i] << (8 * i);
	return value;
}

uint32_t read_u32(struct reader *fields) {
	return (uint32_t)little_endian(take(fields, 4), 4);
}

uint64_t read_u64(struct reader *fields) {
	return little_endian(take(fields, 8), 8);
}

int64_t read_i64(struct reader *fields) {
	return (int64_t)read_u64(fields);
}

struct bytes read_bytes(struct reader *fields) {
	struct bytes bytes = {.length = read_u32(fields)};
	bytes.at = take(fields, bytes.length);
	return bytes;
}

const char *read_str(struct reader *fields) {
	struct bytes bytes = read_bytes(fields);
	if (*take(fields, 1) != '\0') malformed(fields, "a string without its NUL");
	/* What C would see has to be what was checked on the host. */
	if (memchr(bytes.at, '\0', bytes.length) != NULL) malformed(fields, "a string with a NUL inside");
	return (const char *)bytes.at;
}

struct strings read_strs(struct reader *fields) {
	struct strings list = {.count = read_u32(fields)};
	list.at = fields->at;
	for (uint32_t i = 0; i < list.count; i++) (void)read_str(fields);
	return list;
}

static struct numbers read_numbers(struct reader *fields, unsigned int width) {
	struct numbers list = {.count = read_u32(fields)};
	if (list.count > (size_t)(fields->end - fields->at) / width)
		malformed(fields, "a list passes the end of its record");
	list.at = take(fields, (size_t)list.count * width);
	return list;
}

struct numbers read_u32s(struct reader *fields) {
	return read_numbers(fields, 4);
}

struct numbers read_u64s(struct reader *fields) {
	return read_numbers(fields, 8);
}

int handed_fd(const struct init *init, uint32_t index) {
	uint32_t handed = (uint32_t)init->handed;
	if (index < handed) return init->channel + HANDED_OFFSET + (int)index;
	if (index - handed < (uint32_t)init->late_count) return init->late[index - handed];
	fault(init, TSRUN_CALL_program, EBADF, "a descriptor that was not handed over");
}

int read_fd(struct reader *fields) {
	uint32_t index = read_u32(fields);
	return index == TSRUN_NO_FD ? -1 : handed_fd(fields->init, index);
}

int read_some_fd(struct reader *fields) {
	return handed_fd(fields->init, read_u32(fields));
}

uint32_t number32(struct numbers list, uint32_t index) {
	return (uint32_t)little_endian(list.at + (size_t)index * 4, 4);
}

uint64_t number64(struct numbers list, uint32_t index) {
	return little_endian(list.at + (size_t)index * 8, 8);
}

const char *next_string(struct strings *cursor) {
	uint32_t length = (uint32_t)little_endian(cursor->at, 4);
	const char *string = (const char *)cursor->at + 4;
	cursor->at += (size_t)length + 5;
	cursor->count--;
	return string;
}

char **string_array(const struct init *init, struct strings list, uint32_t spare) {
	char **array = pages(init, ((size_t)list.count + spare + 1) * sizeof *array);
	for (size_t i = 0; list.count > 0; i++) array[i] = (char *)(uintptr_t)next_string(&list);
	return array;
}

uint64_t *word_array(const struct init *init, struct numbers list) {
	if (list.count == 0) return NULL;
	uint64_t *array = pages(init, (size_t)list.count * sizeof *array);
	for (uint32_t i = 0; i < list.count; i++) array[i] = number64(list, i);
	return array;
}

static void skip_field(struct reader *fields, const char *type, size_t length) {
	struct known {
		char name[8];
		enum { U32, U64, STR, BYTES, STRS, U32S, U64S } kind;
	};
	static const struct known types[] = {
	    {"u32", U32},     {"fd", U32},    {"u64", U64},   {"i64", U64},  {"str", STR},
	    {"bytes", BYTES}, {"strs", STRS}, {"u32s", U32S}, {"fds", U32S}, {"u64s", U64S},
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (strlen(types[i].name) != length || memcmp(types[i].name, type, length) != 0) continue;
		switch (types[i].kind) {
		case U32: (void)read_u32(fields); return;
		case U64: (void)read_u64(fields); return;
		case STR: (void)read_str(fields); return;
		case BYTES: (void)read_bytes(fields); return;
		case STRS: (void)read_strs(fields); return;
		case U32S: (void)read_u32s(fields); return;
		case U64S: (void)read_u64s(fields); return;
		}
	}
	malformed(fields, "a field type this helper does not know");
}

void check_fields(struct reader fields, const char *description) {
	while (*description != '\0') {
		description = strchr(description, ':');
		if (description == NULL) malformed(&fields, "a field without a type");
		const char *type = ++description;
		while (*description != '\0' && *description != ' ') description++;
		skip_field(&fields, type, (size_t)(description - type));
	}
	check_end(&fields);
}

void check_end(const struct reader *fields) {
	if (fields->at != fields->end) malformed(fields, "a record longer than its fields");
}
