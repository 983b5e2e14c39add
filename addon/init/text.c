#include "text.h"

#include <string.h>

void text_start(struct text *text) {
	text->length = 0;
	text->cut = false;
	text->at[0] = '\0';
}

void text_add_bytes(struct text *text, const char *bytes, size_t length) {
	size_t room = sizeof text->at - 1 - text->length;
	if (length > room) {
		length = room;
		text->cut = true;
	}
	memcpy(text->at + text->length, bytes, length);
	text->length += length;
	text->at[text->length] = '\0';
}

void text_add(struct text *text, const char *string) {
	text_add_bytes(text, string, strlen(string));
}

void text_add_number(struct text *text, uint64_t number, unsigned int base) {
	char digits[64];
	size_t first = sizeof digits;
	do {
		digits[--first] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number != 0);
	text_add_bytes(text, digits + first, sizeof digits - first);
}
