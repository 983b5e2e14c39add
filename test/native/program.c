#include "program.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "messages.h"

struct operation {
	uint32_t number;
	const char *name, *fields;
};

#define OPERATION(number, name, description) {number, #name, description},
static const struct operation operations[] = {
#include "operations.def"
};
#undef OPERATION

static _Noreturn void misuse(const char *what) {
	fprintf(stderr, "this test is wrong: %s\n", what);
	exit(2);
}

static void put(struct program *program, const void *bytes, size_t length) {
	if (length > sizeof program->at - program->length) misuse("a program too long");
	memcpy(program->at + program->length, bytes, length);
	program->length += length;
}

static void put_number(struct program *program, uint64_t value, unsigned int width) {
	unsigned char bytes[8];
	for (unsigned int i = 0; i < width; i++) bytes[i] = (unsigned char)(value >> (8 * i));
	put(program, bytes, width);
}

static void put_string(struct program *program, const char *string) {
	put_number(program, strlen(string), 4);
	put(program, string, strlen(string) + 1);
}

static void put_list(struct program *program, struct list list, unsigned int width) {
	put_number(program, list.count, 4);
	for (uint32_t i = 0; i < list.count; i++) put_number(program, list.items[i], width);
}

static void put_strings(struct program *program, const char *const *strings) {
	uint32_t count = 0;
	while (strings[count] != NULL) count++;
	put_number(program, count, 4);
	for (uint32_t i = 0; i < count; i++) put_string(program, strings[i]);
}

static int is(const char *type, const char *name) {
	return strncmp(type, name, strlen(name)) == 0 && (type[strlen(name)] == ' ' || type[strlen(name)] == '\0');
}

static void put_field(struct program *program, const char *type, va_list *values) {
	if (is(type, "u32") || is(type, "fd")) {
		put_number(program, va_arg(*values, uint32_t), 4);
	} else if (is(type, "u64") || is(type, "i64")) {
		put_number(program, va_arg(*values, uint64_t), 8);
	} else if (is(type, "str")) {
		put_string(program, va_arg(*values, const char *));
	} else if (is(type, "strs")) {
		put_strings(program, va_arg(*values, const char *const *));
	} else if (is(type, "u32s") || is(type, "fds") || is(type, "u64s")) {
		put_list(program, va_arg(*values, struct list), is(type, "u64s") ? 8 : 4);
	} else if (is(type, "bytes")) {
		size_t length = va_arg(*values, size_t);
		put_number(program, length, 4);
		put(program, va_arg(*values, const void *), length);
	} else {
		misuse(type);
	}
}

static void patch(struct program *program, size_t at, uint32_t value) {
	size_t length = program->length;
	program->length = at;
	put_number(program, value, 4);
	program->length = length;
}

void program_begin(struct program *program) {
	program->length = 0;
	program->records = 0;
	put_number(program, TSRUN_PROGRAM_MAGIC, 4);
	put_number(program, TSRUN_WIRE_VERSION, 4);
	put_number(program, 0, 8);
}

static const struct operation *find(const char *name) {
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
		if (strcmp(operations[i].name, name) == 0) return &operations[i];
	}
	misuse(name);
}

void add(struct program *program, const char *name, ...) {
	const struct operation *operation = find(name);
	put_number(program, operation->number, 4);
	put_number(program, program->records++, 4);
	size_t length_at = program->length;
	put_number(program, 0, 4);
	va_list values;
	va_start(values, name);
	for (const char *type = operation->fields; (type = strchr(type, ':')) != NULL;)
		put_field(program, ++type, &values);
	va_end(values);
	patch(program, length_at, (uint32_t)(program->length - length_at - 4));
	patch(program, 8, program->records);
}
