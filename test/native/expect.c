#include "expect.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

int expectations, failures;

void expect_true(const char *name, const struct result *result, int truth, const char *what) {
	expectations++;
	if (truth) return;
	failures++;
	printf("FAILED %s: %s\n  status %#x, %d fault(s): step %u %s %d (%s) \"%s\"\n  %d warning(s): \"%s\"\n  "
	       "output: %s\n",
	       name, what, (unsigned int)result->status, result->faults, result->step, result->call, result->value,
	       strerror(result->value), result->text, result->warnings, result->warning, result->output);
}

void expect_success(const char *name, const struct result *result) {
	expect_true(name, result, result->faults == 0 && result->status == 0, "no fault and status 0 were expected");
}

void expect_fault(const char *name, const struct result *result, const char *call, int value, const char *text) {
	int right = result->faults == 1 && strcmp(result->call, call) == 0 && WIFEXITED(result->status) &&
	            WEXITSTATUS(result->status) == 1;
	if (value != 0) right = right && result->value == value;
	if (text != NULL) right = right && strstr(result->text, text) != NULL;
	char what[512];
	snprintf(what, sizeof what, "a fault of %s %d \"%s\" was expected", call, value, text == NULL ? "" : text);
	expect_true(name, result, right, what);
}

void expect_output(const char *name, const struct result *result, const char *text) {
	char what[512];
	snprintf(what, sizeof what, "\"%s\" was expected in the output", text);
	expect_true(name, result, strstr(result->output, text) != NULL, what);
}

void expect_no_output(const char *name, const struct result *result, const char *text) {
	char what[512];
	snprintf(what, sizeof what, "\"%s\" was not expected in the output", text);
	expect_true(name, result, strstr(result->output, text) == NULL, what);
}
