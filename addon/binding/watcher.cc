#include "watcher.h"

#include <cerrno>
#include <fcntl.h>
#include <mutex>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "thread.h"

namespace tsrun {

namespace {

constexpr uint64_t stop_id = 0; // of the eventfd; watches count from 1

uint32_t to_epoll(uint32_t events) {
	uint32_t mask = EPOLLONESHOT;
	if ((events & watch_readable) != 0) mask |= EPOLLIN | EPOLLRDHUP;
	if ((events & watch_writable) != 0) mask |= EPOLLOUT;
	return mask;
}

uint32_t from_epoll(uint32_t mask) {
	uint32_t events = 0;
	if ((mask & (EPOLLIN | EPOLLRDHUP)) != 0) events |= watch_readable;
	if ((mask & EPOLLOUT) != 0) events |= watch_writable;
	if ((mask & (EPOLLHUP | EPOLLERR)) != 0) events |= watch_hang_up;
	return events;
}

struct Event {
	uint64_t id;
	uint32_t events;
};

} // namespace

struct Watcher::Shared {
	OwnedDescriptor epoll;
	OwnedDescriptor stop;
	std::mutex mutex;          // of the rest
	std::vector<Event> events; // not delivered yet
	napi_threadsafe_function wake =
	    nullptr; // null once the environment is going down: it must not be called any more

	void post(const Event *from, size_t count) {
		const std::lock_guard<std::mutex> guard(mutex);
		const bool idle = events.empty();
		events.insert(events.end(), from, from + count);
		if (idle && count > 0 && wake != nullptr)
			napi_call_threadsafe_function(wake, nullptr, napi_tsfn_nonblocking);
	}
};

void *Watcher::run(void *argument) {
	const std::unique_ptr<std::shared_ptr<Shared>> owner(static_cast<std::shared_ptr<Shared> *>(argument));
	Shared &shared = **owner;
	epoll_event ready[64];
	Event events[64];
	for (;;) {
		const int count = epoll_wait(shared.epoll.get(), ready, 64, -1);
		if (count < 0 && errno != EINTR) return nullptr;
		size_t found = 0;
		for (int i = 0; i < count; i++) {
			if (ready[i].data.u64 == stop_id) return nullptr;
			events[found++] = {ready[i].data.u64, from_epoll(ready[i].events)};
		}
		shared.post(events, found);
	}
}

Watcher::~Watcher() {
	stop();
}

bool Watcher::start(Napi::Env env, const char **syscall) {
	if (shared_) return true;
	auto shared = std::make_shared<Shared>();
	*syscall = "epoll_create1";
	shared->epoll = OwnedDescriptor(epoll_create1(EPOLL_CLOEXEC));
	if (!shared->epoll.valid()) return false;
	*syscall = "eventfd";
	shared->stop = OwnedDescriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (!shared->stop.valid()) return false;
	*syscall = "epoll_ctl";
	epoll_event stop_event = {};
	stop_event.events = EPOLLIN;
	stop_event.data.u64 = stop_id;
	if (epoll_ctl(shared->epoll.get(), EPOLL_CTL_ADD, shared->stop.get(), &stop_event) != 0) return false;

	const auto deliver_here = [](napi_env call_env, napi_value, void *self, void *) {
		if (call_env != nullptr) static_cast<Watcher *>(self)->deliver(call_env);
	};
	const auto finalize = [](napi_env, void *, void *self) { static_cast<Watcher *>(self)->stop(); };
	*syscall = "napi_create_threadsafe_function";
	errno = ENOMEM;
	const napi_value name = Napi::String::New(env, "tsrun watch");
	if (napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, finalize, this, deliver_here,
	                                    &wake_) != napi_ok)
		return false;
	napi_unref_threadsafe_function(env, wake_);
	// Hooks run in reverse order: this one comes before the thread-safe function is taken down by its own.
	napi_add_env_cleanup_hook(
	    env, [](void *self) { static_cast<Watcher *>(self)->stop(); }, this);
	env_ = env;
	shared->wake = wake_;
	shared_ = shared;

	*syscall = "pthread_create";
	auto owner = std::make_unique<std::shared_ptr<Shared>>(shared);
	if (const int error = start_thread(run, owner.get())) {
		stop();
		errno = error;
		return false;
	}
	owner.release(); // the thread's
	return true;
}

void Watcher::stop() {
	if (!shared_) return;
	{
		const std::lock_guard<std::mutex> guard(shared_->mutex);
		shared_->wake = nullptr;
	}
	eventfd_write(shared_->stop.get(), 1);
	watches_.clear();
	active_ = 0;
	shared_.reset();
}

bool Watcher::control(int operation, uint64_t id, const Watch &watch) const {
	epoll_event event = {};
	event.events = to_epoll(watch.events);
	event.data.u64 = id;
	return epoll_ctl(shared_->epoll.get(), operation, watch.copy.valid() ? watch.copy.get() : watch.fd, &event) ==
	       0;
}

void Watcher::change(Watch *watch, bool armed, bool referenced) {
	const bool before = watch->armed && watch->referenced;
	const bool after = armed && referenced;
	watch->armed = armed;
	watch->referenced = referenced;
	if (after && !before && active_++ == 0) napi_ref_threadsafe_function(env_, wake_);
	if (before && !after && --active_ == 0) napi_unref_threadsafe_function(env_, wake_);
}

uint64_t Watcher::add(Napi::Env env, int fd, uint32_t events, Napi::Function callback, const char **syscall) {
	if (!start(env, syscall)) return 0;
	Watch watch = {fd, OwnedDescriptor(), events, Napi::Persistent(callback)};
	const uint64_t id = ++last_id_;
	*syscall = "epoll_ctl";
	if (!control(EPOLL_CTL_ADD, id, watch)) {
		if (errno != EEXIST) return 0;
		*syscall = "fcntl";
		watch.copy = OwnedDescriptor(fcntl(fd, F_DUPFD_CLOEXEC, 0));
		if (!watch.copy.valid()) return 0;
		*syscall = "epoll_ctl";
		if (!control(EPOLL_CTL_ADD, id, watch)) return 0;
	}
	Watch &kept = watches_.emplace(id, std::move(watch)).first->second;
	change(&kept, true, true);
	return id;
}

bool Watcher::arm(uint64_t id) {
	const auto found = watches_.find(id);
	if (found == watches_.end()) {
		errno = EBADF;
		return false;
	}
	Watch &watch = found->second;
	if (watch.armed) return true;
	if (!control(EPOLL_CTL_MOD, id, watch)) return false;
	change(&watch, true, watch.referenced);
	return true;
}

void Watcher::remove(uint64_t id) {
	const auto found = watches_.find(id);
	if (found == watches_.end()) return;
	// Fails only if the descriptor was closed before its watch, and then the kernel has dropped the entry already.
	control(EPOLL_CTL_DEL, id, found->second);
	change(&found->second, false, false);
	watches_.erase(found);
}

void Watcher::reference(uint64_t id, bool on) {
	const auto found = watches_.find(id);
	if (found != watches_.end()) change(&found->second, found->second.armed, on);
}

void Watcher::deliver(Napi::Env env) {
	const std::shared_ptr<Shared> shared = shared_;
	if (!shared) return;
	std::vector<Event> events;
	{
		const std::lock_guard<std::mutex> guard(shared->mutex);
		events.swap(shared->events);
	}
	for (const Event &event : events) {
		const auto found = watches_.find(event.id);
		if (found == watches_.end()) continue; // closed by now
		const Napi::HandleScope scope(env);
		const Napi::Function callback = found->second.callback.Value();
		change(&found->second, false, found->second.referenced);
		callback.Call({Napi::Number::New(env, event.events)});
		// Node only warns of what is left pending here (DEP0168); this makes it the program's uncaught
		// exception.
		if (env.IsExceptionPending()) napi_fatal_exception(env, env.GetAndClearPendingException().Value());
	}
}

} // namespace tsrun
