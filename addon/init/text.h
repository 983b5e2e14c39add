/* A line of text put together in place: what stdio's printf is too heavy for. Longer texts are cut, never overrun. */
#ifndef TSRUN_TEXT_H
#define TSRUN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	size_t length;
	bool cut;      /* something did not fit */
	char at[4096]; /* always ends with a NUL */
};

void text_start(struct text *text);
void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_add_number(struct text *text, uint64_t number, unsigned int base);

#endif
