#include "watcher.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/epoll.h>

namespace tsrun {

namespace {

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

} // namespace

Watcher::~Watcher() {
	stop();
}

bool Watcher::start(Napi::Env env, const char **syscall) {
	if (doorbell_) return true;
	*syscall = "epoll_create1";
	OwnedDescriptor epoll(epoll_create1(EPOLL_CLOEXEC));
	if (!epoll.valid()) return false;
	const auto answer = [](void *self, Napi::Env at) { static_cast<Watcher *>(self)->deliver(at); };
	doorbell_ = loop_doorbell(env, epoll.get(), answer, this);
	if (!doorbell_) doorbell_ = thread_doorbell(env, epoll.get(), answer, this, syscall);
	if (!doorbell_) return false;
	epoll_ = std::move(epoll);
	// Hooks run in reverse order: this one comes before those of the doorbell.
	napi_add_env_cleanup_hook(
	    env, [](void *self) { static_cast<Watcher *>(self)->stop(); }, this);
	return true;
}

void Watcher::stop() {
	if (stopped_ || !doorbell_) return;
	stopped_ = true;
	doorbell_->silence();
	watches_.clear();
	active_ = 0;
}

bool Watcher::control(int operation, uint64_t id, const Watch &watch) const {
	epoll_event event = {};
	event.events = to_epoll(watch.events);
	event.data.u64 = id;
	return epoll_ctl(epoll_.get(), operation, watch.copy.valid() ? watch.copy.get() : watch.fd, &event) == 0;
}

void Watcher::change(Watch *watch, bool armed, bool referenced) {
	const bool before = watch->armed && watch->referenced;
	const bool after = armed && referenced;
	watch->armed = armed;
	watch->referenced = referenced;
	if (after && !before && active_++ == 0) doorbell_->keep_alive(true);
	if (before && !after && --active_ == 0) doorbell_->keep_alive(false);
}

uint64_t Watcher::add(Napi::Env env, int fd, uint32_t events, Napi::Function callback, const char **syscall) {
	if (stopped_) {
		*syscall = "epoll_ctl";
		errno = EBADF;
		return 0;
	}
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
	epoll_event ready[64];
	int count;
	// The doorbell rings once for what is ready: what the kernel could not tell now has to be asked for again.
	int tries = 3;
	do {
		count = epoll_wait(epoll_.get(), ready, 64, 0);
		for (int i = 0; i < count && !stopped_; i++) {
			const auto found = watches_.find(ready[i].data.u64);
			if (found == watches_.end()) continue; // closed by one of those before
			const Napi::HandleScope scope(env);
			const Napi::Function callback = found->second.callback.Value();
			change(&found->second, false, found->second.referenced);
			callback.Call({Napi::Number::New(env, from_epoll(ready[i].events))});
			// Node only warns of what is left pending here (DEP0168); this makes it the program's uncaught
			// exception.
			if (env.IsExceptionPending())
				napi_fatal_exception(env, env.GetAndClearPendingException().Value());
		}
	} while (count == 64 || (count < 0 && --tries > 0));
}

} // namespace tsrun
