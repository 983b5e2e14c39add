#include "script.h"

#include <errno.h>

#include "operation.h"
#include "times.h"

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
static struct reader next_record(struct init *init, struct reader *records, const struct operation **operation) {
	uint32_t number = read_u32(records);
	init->step = read_u32(records);
	struct bytes fields = read_bytes(records);
	*operation = find_operation(number);
	if (*operation == NULL) fault(init, TSRUN_CALL_program, ENOSYS, "an operation this helper does not know");
	return (struct reader){init, fields.at, fields.at + fields.length};
}

static void check_records(struct init *init, struct script script) {
	const struct operation *operation = NULL;
	struct reader fields = {0};
	for (uint32_t i = 0; i < script.count; i++) {
		fields = next_record(init, &script.records, &operation);
		check_fields(fields, operation->fields);
	}
	check_end(&script.records);
	if (operation == NULL || operation->perform != perform_exec) return;
	init->exec = fields.at;
	init->exec_length = (size_t)(fields.end - fields.at);
}

struct script check_script(struct init *init, const unsigned char *bytes, size_t length) {
	struct script script = {.records = {init, bytes, bytes + length}};
	uint32_t magic = read_u32(&script.records), version = read_u32(&script.records);
	script.count = read_u32(&script.records);
	script.timed = (read_u32(&script.records) & TSRUN_TIMED) != 0;
	if (magic != TSRUN_PROGRAM_MAGIC || version != TSRUN_WIRE_VERSION) {
		fault(init, TSRUN_CALL_program, EPROTO, "a program of another version");
	}
	check_records(init, script);
	return script;
}

void perform_script(struct init *init, struct script script) {
	const struct operation *operation;
	for (uint32_t i = 0; i < script.count; i++) {
		struct reader fields = next_record(init, &script.records, &operation);
		operation->perform(init, &fields);
		check_end(&fields);
		if (init->timed) note_time(init, init->step);
	}
}
