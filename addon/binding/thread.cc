#include "thread.h"

#include <csignal>
#include <pthread.h>
#include <sched.h>

namespace tsrun {

namespace {

int make_thread(int detach_state, void *(*body)(void *argument), void *argument, pthread_t *thread,
                const cpu_set_t *processors = nullptr) {
	pthread_attr_t attributes;
	if (const int error = pthread_attr_init(&attributes)) return error;
	pthread_attr_setdetachstate(&attributes, detach_state);
	if (processors != nullptr) pthread_attr_setaffinity_np(&attributes, sizeof *processors, processors);
	pthread_attr_setstacksize(&attributes, 128 * 1024);
	// A thread inherits the mask of who makes it, so it is blocked before there is a moment to deliver anything.
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	const int error = pthread_create(thread, &attributes, body, argument);
	pthread_sigmask(SIG_SETMASK, &before, nullptr);
	pthread_attr_destroy(&attributes);
	return error;
}

} // namespace

int start_thread(void *(*body)(void *argument), void *argument) {
	pthread_t thread;
	return make_thread(PTHREAD_CREATE_DETACHED, body, argument, &thread);
}

int start_thread_beside(void *(*body)(void *argument), void *argument, cpu_set_t *allowed) {
	pthread_t thread;
	// Of more processors than the set has room for (EINVAL) none is picked.
	if (sched_getaffinity(0, sizeof *allowed, allowed) != 0) CPU_ZERO(allowed);
	cpu_set_t others = *allowed;
	const int here = sched_getcpu();
	if (here >= 0) CPU_CLR(static_cast<size_t>(here), &others);
	if (here >= 0 && CPU_COUNT(&others) > 0) {
		if (make_thread(PTHREAD_CREATE_DETACHED, body, argument, &thread, &others) == 0) return 0;
	}
	CPU_ZERO(allowed);
	return make_thread(PTHREAD_CREATE_DETACHED, body, argument, &thread);
}

int run_in_thread(void *(*body)(void *argument), void *argument) {
	pthread_t thread;
	if (const int error = make_thread(PTHREAD_CREATE_JOINABLE, body, argument, &thread)) return error;
	return pthread_join(thread, nullptr);
}

} // namespace tsrun
