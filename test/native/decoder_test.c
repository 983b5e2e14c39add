#include <sched.h>
#include <string.h>
#include <sys/wait.h>

#include "expect.h"
#include "suites.h"

/* One record of each field type; nothing in it changes more than the name of a namespace of our own. */
static void harmless(struct program *program) {
	const char *const strings[] = {"one", "two", NULL};
	program_begin(program);
	add(program, "hostname", "fuzz");
	add(program, "umask", 022u);
	add(program, "affinity", (struct list){1, {3}});
	add(program, "drop_bounding", ~(uint64_t)0);
	add(program, "barrier", 7u);
	add(program, "exec", strings, strings);
}

static void run_bytes(const struct place *place, const struct program *program, size_t length, struct result *result) {
	/* A mutated program may be a valid one that does something else: in namespaces that end with it. */
	struct start start = {.helper = place->helper,
	                      .flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID};
	run(&start, program->at, length, result);
}

static void expect_refusal(const char *name, const struct result *result) {
	int ended = WIFEXITED(result->status) && WEXITSTATUS(result->status) == 1;
	expect_true(name, result, ended && result->faults == 1, "one fault and status 1 were expected");
}

static void test_truncated(const struct place *place) {
	struct program program;
	struct result result;
	harmless(&program);
	for (size_t length = 1; length < program.length; length += 5) {
		run_bytes(place, &program, length, &result);
		expect_fault("truncated program", &result, "program", 0, NULL);
	}
}

static void test_mutated(const struct place *place) {
	static const unsigned char values[] = {0x00, 0x01, 0x7f, 0xff};
	struct program original, program;
	struct result result;
	harmless(&original);
	/* From behind the names of the first record: a hostname of other letters is a program as good as this. */
	for (size_t at = 0; at < original.length; at++) {
		unsigned char value = values[at % sizeof values];
		if (original.at[at] == value) continue;
		memcpy(&program, &original, sizeof program);
		program.at[at] = value;
		run_bytes(place, &program, program.length, &result);
		expect_refusal("mutated program", &result);
	}
}

static void test_lies(const struct place *place) {
	struct program program;
	struct result result;
	harmless(&program);
	memset(program.at + 24, 0xff, 4); /* length of the first record */
	run_bytes(place, &program, program.length, &result);
	expect_fault("record length", &result, "program", 0, NULL);

	program_begin(&program);
	add(&program, "wait_start", 12u);
	run_bytes(place, &program, program.length, &result);
	expect_fault("descriptor index", &result, "program", 9, "not handed over");

	program_begin(&program);
	add(&program, "umask", 022u);
	run_bytes(place, &program, program.length, &result);
	expect_fault("no exec", &result, "program", 8, "without exec");

	program_begin(&program);
	add(&program, "join_namespaces", (struct list){1, {0}}, (struct list){2, {1, 2}}, (const char *const[]){NULL});
	run_bytes(place, &program, program.length, &result);
	expect_fault("lists of unequal length", &result, "program", 22, NULL);

	harmless(&program);
	struct start silent = {.helper = place->helper, .flags = CLONE_NEWUTS, .silent = 1};
	run(&silent, program.at, program.length, &result);
	expect_true("host gone", &result, WIFEXITED(result.status) && WEXITSTATUS(result.status) == 1,
	            "status 1 was expected");
}

void test_decoder(const struct place *place) {
	test_truncated(place);
	test_mutated(place);
	test_lies(place);
}
