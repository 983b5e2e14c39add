#pragma once

#include <memory>
#include <napi.h>

namespace tsrun {

/// Has the environment's thread called whenever an epoll descriptor has got events, which the one called fetches, all
/// of them. It is made on that thread.
class Doorbell {
      public:
	/// In a scope in which JavaScript can be called.
	using Answer = void (*)(void *subject, Napi::Env env);

	virtual ~Doorbell() = default;
	/// Nobody is called any more. To be done before the environment ends.
	virtual void silence() = 0;
	/// Whether it keeps the event loop alive: not before it is told to.
	virtual void keep_alive(bool on) = 0;
};

/// By libuv, which has one descriptor more in its own epoll then. Null where there is none that could be had.
std::unique_ptr<Doorbell> loop_doorbell(Napi::Env env, int epoll, Doorbell::Answer answer, void *subject);

/// By a thread of its own that sleeps and wakes the event loop: two threads to be woken for each event, where one does.
/// Null with errno set, and `*syscall` naming the call that failed.
std::unique_ptr<Doorbell> thread_doorbell(Napi::Env env, int epoll, Doorbell::Answer answer, void *subject,
                                          const char **syscall);

} // namespace tsrun
