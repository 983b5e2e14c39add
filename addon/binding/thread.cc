#include "thread.h"

#include <csignal>
#include <pthread.h>

namespace tsrun {

int start_thread(void *(*body)(void *argument), void *argument) {
	pthread_attr_t attributes;
	if (const int error = pthread_attr_init(&attributes)) return error;
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, 128 * 1024);
	// A thread inherits the mask of who makes it, so it is blocked before there is a moment to deliver anything.
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_t thread;
	const int error = pthread_create(&thread, &attributes, body, argument);
	pthread_sigmask(SIG_SETMASK, &before, nullptr);
	pthread_attr_destroy(&attributes);
	return error;
}

} // namespace tsrun
