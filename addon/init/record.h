/*
 * Reading the fields of one record. Every read is checked against the record's end, every string against its length
 * and its NUL: a malformed program is a fault of the call `program`, whatever its bytes are.
 */
#ifndef TSRUN_RECORD_H
#define TSRUN_RECORD_H

#include "init.h"

struct reader {
	const struct init *init;
	const unsigned char *at;
	const unsigned char *end;
};

struct bytes {
	const unsigned char *at;
	uint32_t length;
};

/* Little-endian elements, not aligned: ask number32() and number64() for them. */
struct numbers {
	const unsigned char *at;
	uint32_t count;
};

struct strings {
	const unsigned char *at;
	uint32_t count;
};

uint32_t read_u32(struct reader *fields);
uint64_t read_u64(struct reader *fields);
int64_t read_i64(struct reader *fields);
const char *read_str(struct reader *fields);
struct bytes read_bytes(struct reader *fields);
struct strings read_strs(struct reader *fields);
struct numbers read_u32s(struct reader *fields);
struct numbers read_u64s(struct reader *fields);

/* The descriptor an index stands for; -1 for none. */
int read_fd(struct reader *fields);

/* The same where there has to be one. */
int read_some_fd(struct reader *fields);

/* The descriptor of an index taken from a list. */
int handed_fd(const struct init *init, uint32_t index);

uint32_t number32(struct numbers list, uint32_t index);
uint64_t number64(struct numbers list, uint32_t index);

/* Walks a list of strings: the one at the cursor, which moves behind it. Lists were checked when they were read. */
const char *next_string(struct strings *cursor);

/* NULL-terminated, with `spare` more places before the NULL; the number of strings is list.count. */
char **string_array(const struct init *init, struct strings list, uint32_t spare);

/* 64-bit words in memory the kernel can be given; NULL for an empty list. */
uint64_t *word_array(const struct init *init, struct numbers list);

/* Reads all fields of a record by their description in operations.def ("name:type ..."), and nothing may be left. */
void check_fields(struct reader fields, const char *description);

/* Faults unless everything has been read: the table and the code that performs it have parted. */
void check_end(const struct reader *fields);

#endif
