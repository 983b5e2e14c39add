#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>

#include "arguments.h"
#include "module.h"
#include "system_error.h"
#include "watcher.h"

namespace tsrun {

namespace {

Watcher &watcher_of(Napi::Env env) {
	return *env.GetInstanceData<Watcher>();
}

Napi::Value add(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int fd = in.integer(0);
	const int events = in.integer(1);
	const Napi::Function callback = in.function(2);
	if (in.refused()) return {};
	const char *syscall = nullptr;
	const uint64_t id =
	    watcher_of(info.Env()).add(info.Env(), fd, static_cast<uint32_t>(events), callback, &syscall);
	if (id == 0) return throw_system_error(info.Env(), syscall, errno);
	return Napi::Number::New(info.Env(), static_cast<double>(id));
}

Napi::Value arm(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const uint64_t id = in.count(0);
	if (in.refused()) return {};
	if (!watcher_of(info.Env()).arm(id)) return throw_system_error(info.Env(), "epoll_ctl", errno);
	return info.Env().Undefined();
}

Napi::Value remove(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const uint64_t id = in.count(0);
	if (in.refused()) return {};
	watcher_of(info.Env()).remove(id);
	return info.Env().Undefined();
}

Napi::Value reference(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const uint64_t id = in.count(0);
	const bool on = in.boolean(1);
	if (in.refused()) return {};
	watcher_of(info.Env()).reference(id, on);
	return info.Env().Undefined();
}

// Blocks the thread. A signal ends the wait early: its handler may be the very thing that the caller waits to be told.
Napi::Value poll_one(const Napi::CallbackInfo &info) {
	Arguments in(info);
	const int fd = in.integer(0);
	const int events = in.integer(1);
	const int timeout = in.integer(2);
	if (in.refused()) return {};
	const int wanted =
	    ((events & watch_readable) != 0 ? POLLIN : 0) | ((events & watch_writable) != 0 ? POLLOUT : 0);
	pollfd one = {fd, static_cast<short>(wanted), 0};
	const int ready = poll(&one, 1, timeout);
	if (ready < 0 && errno != EINTR) return throw_system_error(info.Env(), "poll", errno);
	// What is no descriptor is not ready: the watch that is tried next has the error for it.
	return Napi::Boolean::New(info.Env(), ready > 0 && (one.revents & POLLNVAL) == 0);
}

// A counter that the kernel adds to (cgroup.event_control of cgroup v1); read(2) takes it, 8 bytes.
Napi::Value make_eventfd(const Napi::CallbackInfo &info) {
	const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd < 0) return throw_system_error(info.Env(), "eventfd", errno);
	return Napi::Number::New(info.Env(), fd);
}

} // namespace

void init_watch(Napi::Env env, Napi::Object exports) {
	env.SetInstanceData(new Watcher());
	offer<add>(exports, "watchAdd");
	offer<arm>(exports, "watchArm");
	offer<remove>(exports, "watchRemove");
	offer<reference>(exports, "watchReference");
	offer<poll_one>(exports, "poll");
	offer<make_eventfd>(exports, "eventfd");
}

} // namespace tsrun
