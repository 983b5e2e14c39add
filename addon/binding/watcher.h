#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <napi.h>
#include <vector>

#include "doorbell.h"
#include "owned_descriptor.h"

namespace tsrun {

/// What can be waited for, and what is reported. A hang-up is reported whether it was asked for or not.
enum WatchEvent : uint32_t { watch_readable = 1, watch_writable = 2, watch_hang_up = 4 };

/// The descriptors one JavaScript environment waits for: one epoll, and what has its events fetched. All methods are
/// for the environment's own thread.
///
/// A watch fires once, and has to be armed again for the next event. It keeps the event loop alive only while it is
/// armed and referenced. The epoll stays when no watch is left: making one anew for every wait would cost more than all
/// the rest.
class Watcher {
      public:
	Watcher() = default;
	Watcher(const Watcher &) = delete;
	Watcher &operator=(const Watcher &) = delete;
	~Watcher();

	/// Begins a watch, armed and referenced; its number, or 0 with errno set and `*syscall` naming the call that
	/// failed.
	uint64_t add(Napi::Env env, int fd, uint32_t events, Napi::Function callback, const char **syscall);
	/// False with errno set when the kernel refuses. Arming an armed watch changes nothing; a removed one is EBADF.
	bool arm(uint64_t id);
	void remove(uint64_t id);
	void reference(uint64_t id, bool on);

      private:
	struct Watch {
		int fd;
		OwnedDescriptor
		    copy; ///< watched in place of fd when that is watched already: epoll takes a descriptor once
		uint32_t events;
		Napi::FunctionReference callback;
		bool armed = false;
		bool referenced = true;
	};

	bool start(Napi::Env env, const char **syscall);
	void stop();
	bool control(int operation, uint64_t id, const Watch &watch) const;
	void change(Watch *watch, bool armed, bool referenced);
	void deliver(Napi::Env env);

	std::map<uint64_t, Watch> watches_;
	uint64_t last_id_ = 0;
	size_t active_ = 0;     ///< watches that are armed and referenced
	OwnedDescriptor epoll_; ///< from the first watch on
	std::unique_ptr<Doorbell> doorbell_;
	bool stopped_ = false; ///< the environment ends
};

} // namespace tsrun
