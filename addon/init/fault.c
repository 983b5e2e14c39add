#include <errno.h>
#include <unistd.h>

#include "channel.h"
#include "text.h"
#include "times.h"

void fault(const struct init *init, enum tsrun_call call, int error, const char *text) {
	tell_times(init);
	(void)try_send(init, TSRUN_FAULT, call, error, text, -1);
	_exit(1);
}

void fault_errno(const struct init *init, enum tsrun_call call, const char *text) {
	fault(init, call, errno, text);
}

void fault_verify(const struct init *init, int error, const char *subject, const char *problem) {
	struct text sentence;
	text_start(&sentence);
	text_add(&sentence, subject);
	text_add(&sentence, problem);
	fault(init, TSRUN_CALL_verify, error, sentence.at);
}

void warn(const struct init *init, enum tsrun_call call, int error, const char *text) {
	/* A host that no longer listens is noticed at the next barrier; a warning is not worth ending for. */
	(void)try_send(init, TSRUN_WARNING, call, error, text, -1);
}
