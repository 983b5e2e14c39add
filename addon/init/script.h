/* The program as a whole: its head, its records, and the operations they are of. */
#ifndef TSRUN_SCRIPT_H
#define TSRUN_SCRIPT_H

#include "record.h"

/* Records that have been checked: each is of a known operation and has the fields that are described for it. */
struct script {
	struct reader records;
	uint32_t count;
	bool timed;
};

/* Checks all of a program before anything is done; sets init->exec when the last record is one. */
struct script check_script(struct init *init, const unsigned char *bytes, size_t length);

void perform_script(struct init *init, struct script script);

#endif
