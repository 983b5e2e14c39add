/* Expectations: a failed one is told with its place and what came instead, and the test goes on. */
#ifndef TSRUN_TEST_EXPECT_H
#define TSRUN_TEST_EXPECT_H

#include "init_run.h"

extern int expectations, failures;

/* The helper ended with this wait status and without a fault. */
void expect_success(const char *name, const struct result *result);

/* The helper reported exactly one fault, of this call and errno (0: any); its text contains `text` unless NULL. */
void expect_fault(const char *name, const struct result *result, const char *call, int value, const char *text);

/* The container's output contains the text, or (expect_no_output) does not. */
void expect_output(const char *name, const struct result *result, const char *text);
void expect_no_output(const char *name, const struct result *result, const char *text);

void expect_true(const char *name, const struct result *result, int truth, const char *what);

#endif
