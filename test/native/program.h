/* Encodes programs for the init helper by the descriptions of operations.def. */
#ifndef TSRUN_TEST_PROGRAM_H
#define TSRUN_TEST_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#define PROGRAM_CAPACITY 65536

struct program {
	size_t length;
	uint32_t records;
	unsigned char at[PROGRAM_CAPACITY];
};

/* A list of numbers, 32 or 64 bit by the field it is for. */
struct list {
	uint32_t count;
	uint64_t items[8];
};

#define NO_LIST ((struct list){0, {0}})

void program_begin(struct program *program);

/*
 * Appends one operation. Its fields follow in their order: u32 and fd as uint32_t, u64 and i64 as uint64_t, str as
 * const char *, strs as NULL-terminated const char *const *, u32s, fds and u64s as struct list, bytes as size_t and
 * const void *. The step is the record's index.
 */
void add(struct program *program, const char *name, ...);

#endif
